// HTTP/2 in the way the argument names: `request` (Node's compatible API), `stream`, or `secure`, which speaks HTTP/1.1 too.
import { readFileSync } from "node:fs";
import http2 from "node:http2";
import work from "./work.cjs";

const [kind] = process.argv.slice(2);
const read = (name) => readFileSync(new URL(`./tls/${name}`, import.meta.url));

async function answer(request, response) {
  await new Promise((resolve) => request.resume().on("end", resolve));
  response.statusCode = request.url.startsWith("/fail") ? 500 : 200;
  const own = response.statusCode === 200 ? await work.handle(request.url) : 0;
  response.setHeader("x-own", String(own));
  response.end(`done ${request.url}`);
}

function stream(stream, headers) {
  const path = headers[":path"];
  stream.resume().on("end", async () => {
    const status = path.startsWith("/fail") ? 500 : 200;
    const own = status === 200 ? await work.handle(path) : 0;
    stream.respond({ ":status": status, "x-own": String(own) });
    stream.end(`done ${path}`);
  });
}

const server = kind === "secure"
  ? http2.createSecureServer({ key: read("key.pem"), cert: read("cert.pem"), allowHTTP1: true }, answer)
  : kind === "request"
  ? http2.createServer(answer)
  : http2.createServer().on("stream", stream);
const sessions = new Set();
server.on("session", (session) => {
  sessions.add(session);
  session.on("close", () => sessions.delete(session));
});
server.listen(0, "127.0.0.1", () => console.log(`port ${server.address().port}`));
process.once("SIGTERM", () => {
  server.close(() => process.exit(0));
  for (const session of sessions) session.close();
  server.closeAllConnections?.();
});
