// Servers of all kinds that tell whether their requests overlap: http, https, http2 and http2 by streams. Prints their ports.
// The argument `http` leaves the others out.
const channel = require("node:diagnostics_channel");
const { execFile } = require("node:child_process");
const fs = require("node:fs");
const http = require("node:http");
const net = require("node:net");
const { tmpdir } = require("node:os");
const { join } = require("node:path");

const read = (name) => fs.readFileSync(join(__dirname, "tls", name));
const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const ports = {};
const agent = new http.Agent({ keepAlive: true });

const nothing = () => ({ most: 0, arrived: [], begun: [], waited: {}, aborted: 0 });

/** How many handlers run now, and at most; what has come in, what has begun, and how long it has waited. */
let active = 0;
let state = nothing();
const cameAt = new Map();
const awaited = new Map();

channel.subscribe("http.server.request.start", ({ request }) => {
  const n = new URL(request.url, "http://x").searchParams.get("n");
  if (n === null) return;
  state.arrived.push(Number(n));
  awaited.get(n)?.();
  if (request.url.includes("leaves")) request.socket.once("close", () => console.log(`closed ${n}.`));
  console.log(`arrived ${n}.`);
  // It may have to wait until somebody reads what it prints.
  cameAt.set(n, performance.now());
});

async function text(stream) {
  let all = "";
  for await (const part of stream) all += part;
  return all;
}

/** Asks the server of HTTP for a path, in the way that `by` names. */
function askSelf(by, path) {
  const url = `http://127.0.0.1:${ports.http}${path}`;
  if (by === "fetch") return fetch(url).then((it) => it.text());
  if (by === "child") {
    const code = `fetch(${
      JSON.stringify(url)
    }).then((it) => it.text()).then((it) => process.stdout.write(it))`;
    // A request that looks now and then whether it may go on waits all the same.
    const looks = setInterval(() => {}, 50);
    return new Promise((resolve) =>
      execFile(process.execPath, ["-e", code], (error, out) => {
        clearInterval(looks);
        resolve(error?.message ?? out);
      })
    );
  }
  if (by === "socket" || by === "path") {
    return new Promise((resolve, reject) => {
      let heard = "";
      const to = by === "path" ? { path: socketPath } : { port: ports.http, host: "localhost" };
      const socket = net.connect(to, () => socket.write(`GET ${path} HTTP/1.0\r\nHost: any\r\n\r\n`));
      socket.setEncoding("utf8").on("data", (data) => heard += data).on("error", reject)
        .on("close", () => resolve(heard.split("\r\n\r\n")[1]));
    });
  }
  const options = { agent: by === "agent" ? agent : undefined, method: by === "post" ? "POST" : "GET" };
  return new Promise((resolve, reject) => {
    const request = http.request(url, options, (response) => resolve(text(response))).on("error", reject);
    if (by === "post") request.write("x".repeat(100_000));
    request.end();
  });
}

/** What a path answers, once no handler runs for it any more. */
async function answerTo(path, request) {
  const { pathname, searchParams } = new URL(path, "http://x");
  const n = searchParams.get("n");
  if (pathname === "/state") return JSON.stringify({ active, ...state });
  if (pathname === "/forget") return JSON.stringify(state = nothing());
  if (pathname === "/inner") return `inner ${n} beside ${active}`;
  active++;
  state.most = Math.max(state.most, active);
  if (n !== null) {
    state.begun.push(Number(n));
    state.waited[n] = performance.now() - (cameAt.get(n) ?? NaN);
  }
  const after = searchParams.get("after");
  try {
    if (pathname === "/outer") return await askSelf(searchParams.get("by"), `/inner?n=${n}`);
    if (pathname === "/body") return String((await text(request).catch(() => "")).length);
    if (after !== null) await new Promise((resolve) => awaited.set(after, resolve));
    else await sleep(Number(searchParams.get("ms") ?? 1));
    await null;
    const until = performance.now() + 1;
    while (performance.now() < until);
    await sleep(0);
    return `done ${n}`;
  } finally {
    active--;
  }
}

/** Where another server of HTTP listens. */
const socketPath = join(tmpdir(), `serial-${process.pid}.socket`);
process.on("exit", () => fs.rmSync(socketPath, { force: true }));

process.on("uncaughtException", (error) => {
  if (error.message.startsWith("/")) return console.log(`caught ${error.message}.`);
  console.error(error);
  process.exit(1);
});

async function answer(request, response) {
  request.on("aborted", () => state.aborted++);
  const { url } = request;
  if (url.startsWith("/throws")) {
    request.socket.once("close", () => console.log(`gone ${url}.`));
    if (url === "/throws") throw new Error(url);
    setTimeout(() => {
      throw new Error(url);
    });
    return;
  }
  if (url.startsWith("/events")) {
    response.writeHead(200, { "content-type": "text/event-stream; charset=utf-8" });
    response.write("data: hello\n\n");
    return;
  }
  const body = await answerTo(url, request);
  if (url.includes("closes")) response.setHeader("connection", "close");
  response.end(body);
}

async function onStream(stream, headers) {
  let trailers;
  stream.on("trailers", (it) => trailers = it["x-end"]);
  stream.on("error", () => {});
  if (headers[":path"].startsWith("/trailers")) {
    stream.resume();
    await new Promise((resolve) => stream.on("end", resolve));
    stream.respond();
    return stream.end(`trailers ${trailers}`);
  }
  const body = await answerTo(headers[":path"], stream);
  if (stream.destroyed) return;
  stream.respond({ ":status": 200 });
  stream.end(body);
}

function onUpgrade(_, socket, head) {
  socket.on("error", () => {});
  socket.write("HTTP/1.1 101 Switching Protocols\r\nUpgrade: echo\r\nConnection: Upgrade\r\n\r\n");
  socket.write(head);
  socket.pipe(socket);
}

/** Of the server that is `limited`: none of them may end a request that waits for its turn. */
const LIMITS = { requestTimeout: 600, headersTimeout: 600 };

const tls = { key: read("key.pem"), cert: read("cert.pem") };
const kinds = {
  http: () => http.createServer(answer),
  limited: () =>
    http.createServer({ ...LIMITS, connectionsCheckingInterval: 50 }, answer).setTimeout(
      LIMITS.requestTimeout,
    ),
  late: () => http.createServer({ ...LIMITS, connectionsCheckingInterval: 50 }, answer),
  https: () => require("node:https").createServer(tls, answer),
  http2: () => require("node:http2").createServer(answer),
  streams: () => require("node:http2").createServer().on("stream", onStream),
};
const wanted = process.argv[2] === "http" ? ["http"] : Object.keys(kinds);
async function listen() {
  for (const kind of wanted) {
    const server = kinds[kind]();
    server.on("upgrade", onUpgrade);
    await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
    ports[kind] = server.address().port;
    // Up to Node 20 the agent notices no server of HTTP/2 that listens in the same tick as another server.
    await sleep(5);
  }
  await new Promise((resolve) => http.createServer(answer).listen(socketPath, resolve));
  console.log(`ports ${JSON.stringify(ports)}`);
}
listen();
process.once("SIGTERM", () => process.exit(0));
