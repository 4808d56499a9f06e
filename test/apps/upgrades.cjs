// Connections that leave HTTP, in every way there is. Each message is worked on in a function that its path names.
const http = require("node:http");
const net = require("node:net");
const { WebSocketServer } = require("ws");
const { performance } = require("node:perf_hooks");

/** A function with a name of its own that computes for this many milliseconds. */
function makeWork(name, milliseconds) {
  return new Function(
    "performance",
    `return function ${name}() {
      const until = performance.now() + ${milliseconds};
      let x = 1;
      while (performance.now() < until) for (let i = 0; i < 1000; i++) x = (x * 16807 + i) % 2147483647;
      return x;
    }`,
  )(performance);
}

const server = http.createServer((request, response) => {
  response.end("plain");
  if (request.url === "/exit") response.on("close", () => setTimeout(() => process.exit(0), 20));
});
const sockets = new WebSocketServer({ noServer: true });

function serve(socket, name) {
  const handshake = makeWork(`handshake_${name}`, 8);
  const onMessage = makeWork(`message_${name}`, 4);
  const onTimer = makeWork(`timer_${name}`, 4);
  handshake();
  // Started by the handshake, runs long after it.
  const timer = setInterval(onTimer, 20);
  socket.on("close", () => clearInterval(timer));
  socket.on("message", (message) => {
    onMessage();
    if (String(message) === "terminate") return socket.terminate();
    if (String(message) === "close") return socket.close(1000);
    setTimeout(() => {
      onMessage();
      socket.send(`${name} ${message}`);
    }, 2);
  });
}

server.on("upgrade", (request, socket, head) => {
  const [, kind, name] = request.url.split("?")[0].split("/");
  socket.on("error", () => {});
  const accept = () => sockets.handleUpgrade(request, socket, head, (it) => serve(it, name));
  if (kind === "chat") return accept();
  if (kind === "later") return setTimeout(accept, 20);
  if (kind === "refused") return socket.end("HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n");
  if (kind === "response") {
    const response = new http.ServerResponse(request);
    response.assignSocket(socket);
    response.on("finish", () => socket.destroySoon());
    response.writeHead(403, { "content-length": 9 });
    return response.end("forbidden");
  }
  if (kind === "dropped") return socket.destroy();
  socket.write(
    Buffer.from("HTTP/1.1 101 Switching Protocols\r\nUpgrade: echo\r\nConnection: Upgrade\r\n\r\n"),
  );
  socket.on("end", () => socket.end());
  socket.on("data", (data) => socket.write(data));
});
server.on("connect", (request, socket) => {
  socket.on("error", () => {});
  if (request.url.startsWith("refused")) {
    return socket.end("HTTP/1.1 407 Proxy Authentication Required\r\n\r\n");
  }
  const to = net.connect(Number(request.url.split(":")[1]), "127.0.0.1", () => {
    socket.write("HTTP/1.1 200 Connection Established\r\n\r\n");
    to.pipe(socket).pipe(to);
  });
  to.on("error", () => socket.destroy());
});
server.listen(0, "127.0.0.1", () => console.log(`port ${server.address().port}`));
