/**
 * `/hold` has its turn for a second, in which it wakes each millisecond. Meanwhile it has a connection to another server, whose port at this end
 * it prints, and promises that no request made are rejected. `/stranger` says whether `/hold` still runs.
 */
const http = require("node:http");
const net = require("node:net");
const { endOnSigterm } = require("./work.cjs");

process.on("uncaughtException", () => {});
setInterval(async () => {
  await null;
  throw new Error("nobody's");
}, 50).unref();

let isHeld = false;
const other = net.createServer().listen(0, "127.0.0.1").unref();
const server = http.createServer((request, response) => {
  if (request.url !== "/hold") return response.end(`held: ${isHeld}`);
  isHeld = true;
  const waking = setInterval(() => {}, 1);
  const socket = net.connect(
    other.address().port,
    "127.0.0.1",
    () => console.log(`from ${socket.localPort}.`),
  );
  setTimeout(() => {
    isHeld = false;
    clearInterval(waking);
    socket.destroy();
    response.end();
  }, 1000);
});
server.listen(0, "127.0.0.1", () => console.log(`port ${server.address().port}`));
endOnSigterm(server);
