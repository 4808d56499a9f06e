/**
 * `/hold` has its turn for a second, in which it wakes each millisecond. After a fifth of it, it asks this server for `/inner`, at the port or
 * at the path, over a connection that stays open, and says so. All the time it has a connection to another server, whose port at this
 * end it prints, and promises that no request made are rejected. `/stranger` says whether `/hold` still runs.
 */
const http = require("node:http");
const net = require("node:net");
const { tmpdir } = require("node:os");
const { join } = require("node:path");

const socketPath = join(tmpdir(), `stranger-${process.pid}.socket`);
const onDeno = globalThis.Deno;

if (onDeno === undefined) {
  process.on("uncaughtException", () => {});
  setInterval(async () => {
    await null;
    throw new Error("nobody's");
  }, 50).unref();
}

let isHeld = false;
const other = net.createServer().listen(0, "127.0.0.1").unref();
const agent = new http.Agent({ keepAlive: true });

const askInner = (to) =>
  new Promise((resolve, reject) =>
    http.get({ ...to, path: "/inner", agent }, (response) => response.resume().on("end", resolve)).on(
      "error",
      reject,
    )
  );

async function hold(to) {
  isHeld = true;
  const waking = setInterval(() => {}, 1);
  const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
  const conn = await (onDeno?.connect({ port: other.address().port, hostname: "127.0.0.1" }) ??
    new Promise((resolve) => {
      const socket = net.connect(other.address().port, "127.0.0.1", () => resolve(socket));
    }));
  console.log(`from ${conn.localPort ?? conn.localAddr.port}.`);
  await sleep(200);
  await askInner(to);
  console.log("inner answered.");
  await sleep(800);
  isHeld = false;
  clearInterval(waking);
  (conn.destroy ?? conn.close).call(conn);
}

async function answer(url, port) {
  if (url.startsWith("/hold")) await hold(url.endsWith("path") ? { socketPath } : { port });
  return `held: ${isHeld}`;
}

async function listen() {
  if (onDeno !== undefined) {
    const serve = async (request) =>
      new Response(await answer(new URL(request.url).pathname, served.addr.port));
    const served = onDeno.serve({ port: 0, hostname: "127.0.0.1", onListen() {} }, serve);
    onDeno.serve({ path: socketPath, onListen() {} }, serve);
    return served.addr.port;
  }
  const onRequest = async ({ url }, response) => response.end(await answer(url, server.address().port));
  const server = http.createServer(onRequest);
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  await new Promise((resolve) => http.createServer(onRequest).listen(socketPath, resolve));
  return server.address().port;
}
listen().then((port) => console.log(`port ${port} path ${socketPath}.`));
process.once("SIGTERM", () => {
  require("node:fs").rmSync(socketPath, { force: true });
  process.exit(0);
});
