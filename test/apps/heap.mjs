// Each route allocates a known amount, in the heap or outside of it; `/calls/x` is answered by asking the server itself.
import http from "node:http";
import process from "node:process";
import { Buffer } from "node:buffer";

const [BYTES, TEXT] = [Buffer.alloc(10_000, "x"), "x".repeat(10_000).toLowerCase()];
let last;

/** 8 arrays of 1 MiB. */
function allocA() {
  for (let i = 0; i < 8; i++) last = new Array(131_072).fill(i);
}

/** 200 strings of 10,000 bytes. */
function allocB() {
  for (let i = 0; i < 200; i++) last = "Deno" in globalThis ? TEXT.toUpperCase() : BYTES.latin1Slice();
}

/** 4 MiB outside the heap. */
function allocC() {
  for (let i = 0; i < 64; i++) last = Buffer.alloc(65_536);
}

/** 2,000 arrays of 1,048 bytes, after a promise and a timer. */
async function allocD() {
  await new Promise((resolve) => setTimeout(resolve, 1));
  for (let i = 0; i < 2000; i++) last = new Array(125).fill(i);
}

const routes = { "/a": allocA, "/b": allocB, "/c": allocC, "/d": allocD, "/none": () => {} };

async function answer(path) {
  if (path.startsWith("/calls")) {
    allocB();
    await (await fetch(`http://127.0.0.1:${port}${path.slice("/calls".length)}`)).text();
    allocB();
  } else await routes[path.split("?")[0]]?.();
  return String(last?.length ?? 0);
}

let port;

function listens(on) {
  port = on;
  console.log(`port ${port}`);
}

if (process.argv[2] === "serve") {
  Deno.serve(
    { port: 0, onListen: (address) => listens(address.port) },
    async (request) => new Response(await answer(new URL(request.url).pathname)),
  );
} else {
  const server = http.createServer(async (request, response) => response.end(await answer(request.url)));
  server.listen(0, () => listens(server.address().port));
}
