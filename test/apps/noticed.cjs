/** An HTTP server that gets its connections in the way that the first argument names. */
const cluster = require("node:cluster");
const { fork } = require("node:child_process");
const { readFileSync } = require("node:fs");
const http = require("node:http");
const http2 = require("node:http2");
const https = require("node:https");
const net = require("node:net");
const { join } = require("node:path");
const { Duplex } = require("node:stream");
const work = require("./work.cjs");

const [how] = process.argv.slice(2);
const read = (name) => readFileSync(join(__dirname, "tls", name));
const secure = () => ({ key: read("key.pem"), cert: read("cert.pem") });

async function answer(request, response) {
  const own = await work.handle(request.url);
  response.setHeader("x-own", String(own));
  response.end(`done ${request.url}`);
}

const listen = net.Server.prototype.listen;
const through = function (...args) {
  return listen.apply(this, args);
};
const tell = (it) => () => console.log(`port ${it.address().port}`);
const open = (server) => server.listen(0, "127.0.0.1", tell(server));
/** A server that gives its connections to others. */
const front = (hand, options = {}) => {
  const server = net.createServer(options, hand);
  listen.call(server, 0, "127.0.0.1", tell(server));
};

const ways = {
  plain: () => open(http.createServer(answer)),
  "assigned to http.Server.prototype"() {
    http.Server.prototype.listen = through;
    open(http.createServer(answer));
  },
  "defined on net.Server.prototype"() {
    Object.defineProperty(net.Server.prototype, "listen", { value: through });
    open(http.createServer(answer));
  },
  "an accessor on net.Server.prototype"() {
    Object.defineProperty(net.Server.prototype, "listen", { get: () => through });
    open(http.createServer(answer));
  },
  called() {
    const server = http.createServer(answer);
    listen.call(server, 0, "127.0.0.1", tell(server));
  },
  "a server's own"() {
    const server = http.createServer(answer);
    server.listen = through.bind(server);
    open(server);
  },
  subclass() {
    open(
      new class extends https.Server {
        listen(...args) {
          return super.listen(...args);
        }
      }(secure(), answer),
    );
  },
  proxy: () => open(new Proxy(http.createServer(answer), {})),
  "another prototype"() {
    const server = http.createServer(answer);
    http.Server.prototype = Object.create(net.Server.prototype);
    open(server);
  },
  "a wrapped emit"() {
    const { emit } = http.Server.prototype;
    http.Server.prototype.emit = function (...args) {
      return emit.apply(this, args);
    };
    open(http.createServer(answer));
  },
  "beside another"() {
    http.createServer(answer).listen(0, "127.0.0.1");
    open(http2.createServer(answer));
  },
  "frozen prototypes"() {
    for (const it of [net.Server, http.Server, http2.createServer().constructor]) Object.freeze(it.prototype);
    open(http2.createServer(answer));
  },
  "a handle of its own"() {
    const handle = net.createServer().listen(0, "127.0.0.1", () => {
      const server = http.createServer(answer);
      server.listen(handle, tell(server));
    });
  },
  handed() {
    const server = http.createServer(answer);
    front((socket) => server.emit("connection", socket));
  },
  "handed, https"() {
    const server = https.createServer(secure(), answer);
    front((socket) => server.emit("connection", socket));
  },
  "handed, http2"() {
    const server = http2.createServer(answer);
    front((socket) => server.emit("connection", socket));
  },
  "handed, upgraded"() {
    const server = http.createServer(answer).on("upgrade", (_request, socket) => {
      socket.end("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: test\r\n\r\n");
    });
    front((socket) => server.emit("connection", socket));
  },
  "handed, a stream"() {
    const server = http.createServer(answer);
    front((socket) => {
      const stream = new Duplex({
        read() {},
        write: (chunk, encoding, callback) => socket.write(chunk, encoding, callback),
        final: (callback) => socket.end(callback),
      });
      socket.on("data", (data) => stream.push(data)).on("end", () => stream.push(null));
      server.emit("connection", stream);
    });
  },
  "handed to another process"() {
    const worker = fork(__filename, ["worker"]);
    process.on("SIGTERM", () => worker.kill() && process.exit());
    front((socket) => worker.send("socket", socket), { pauseOnConnect: true });
  },
  worker() {
    const server = http.createServer(answer);
    process.on("message", (_, socket) => {
      server.emit("connection", socket);
      socket.resume();
    });
  },
  cluster() {
    if (cluster.isPrimary) {
      cluster.fork();
      process.on("SIGTERM", () => process.exit());
    } else ways.called();
  },
};
ways[how]();
