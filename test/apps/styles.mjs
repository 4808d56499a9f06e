/**
 * A server whose handlers burn CPU in functions that tell whose work it is: `/<style>/<route>/<client>` burns in
 * `burn_<route>_<client>` and nowhere else, in the style that is asked for. Prints its port. The argument is the kind of
 * server: `node:http`, `node:http2` (with its own streams for the first client of a route, else by `request`) or `Deno.serve`.
 */
import { AsyncResource } from "node:async_hooks";
import { pbkdf2, randomBytes } from "node:crypto";
import { readFile, stat } from "node:fs";
import { readFile as readFilePromise } from "node:fs/promises";
import http from "node:http";
import http2 from "node:http2";
import net from "node:net";
import process from "node:process";
import { pipeline, Readable, Transform } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { gzip } from "node:zlib";

const FILE = fileURLToPath(import.meta.url);

/** A function with a name of its own that computes for about half a millisecond. */
function makeBurn(name) {
  return new Function(
    `return function ${name}(rounds = 1) {
      let x = 1;
      for (let i = 0; i < rounds * 60000; i++) x = (x * 16807 + i) % 2147483647;
      return x;
    }`,
  )();
}

const burns = new Map();

function burnFor(route, client) {
  const name = `burn_${route}_${client}`;
  if (!burns.has(name)) burns.set(name, makeBurn(name));
  return burns.get(name);
}

const jitter = () => 1 + Math.random() * 4;

async function promiseStyle(burn) {
  burn();
  await sleep(jitter());
  burn();
  await readFilePromise(FILE);
  burn();
  await Promise.resolve();
  burn();
  await new Promise((resolve) => setTimeout(resolve, jitter()));
  burn();
  await new Promise((resolve) => setImmediate(resolve));
  burn();
}

async function nestedStyle(burn, depth = 0) {
  burn(0.5);
  if (depth === 3) return await sleep(jitter());
  await Promise.all([nestedStyle(burn, depth + 1), nestedStyle(burn, depth + 1)]);
  burn(0.5);
}

/** Two connections that all requests share, each with a queue: what a database driver does. */
class Pool {
  constructor(port) {
    this.connections = [0, 1].map(() => {
      const connection = { socket: net.connect(port), queue: [] };
      connection.socket.on("data", (data) => {
        for (let i = 0; i < data.length; i++) connection.queue.shift()();
      });
      return connection;
    });
    this.next = 0;
  }

  /** With an AsyncResource of its own per query. */
  query(callback) {
    const resource = new AsyncResource("Query");
    this.send(() => resource.runInAsyncScope(callback));
  }

  /** With AsyncResource.bind. */
  queryBound(callback) {
    this.send(AsyncResource.bind(callback));
  }

  send(done) {
    const connection = this.connections[this.next++ % 2];
    connection.queue.push(done);
    connection.socket.write("q");
  }
}

function poolStyle(burn, pool, done) {
  burn();
  pool.query(() => {
    burn();
    pool.queryBound(() => {
      burn();
      pool.query(() => {
        burn();
        done();
      });
    });
  });
}

function callbackStyle(burn, context, done) {
  const { request } = context;
  let received = 0;
  request.on("data", (chunk) => {
    received += chunk.length;
    burn();
  });
  request.on("end", () => {
    burn();
    setTimeout(() => {
      burn();
      setImmediate(() => {
        burn();
        process.nextTick(() => {
          burn();
          stat(FILE, () => {
            burn();
            readFile(FILE, () => {
              burn();
              randomBytes(64, () => {
                burn();
                pbkdf2("secret", "salt", 10, 32, "sha256", () => {
                  burn();
                  gzip("x".repeat(5000), () => {
                    burn();
                    const ask = context.askItself ?? askItself;
                    ask(burn, context.port, () => throughStreams(burn, () => done(received)));
                  });
                });
              });
            });
          });
        });
      });
    }, jitter());
  });
}

function askItself(burn, port, done) {
  http.get({ port, path: "/echo", agent: keepAlive }, (answer) => {
    burn();
    answer.on("data", () => burn());
    answer.on("end", () => {
      burn();
      done();
    });
  });
}

/** The same over one session that all requests share. */
function askBy2(server) {
  return (burn, _port, done) => {
    session ??= http2.connect(`http://127.0.0.1:${server.address().port}`);
    const stream = session.request({ ":path": "/echo" });
    stream.on("response", () => burn());
    stream.on("data", () => burn());
    stream.on("end", () => {
      burn();
      done();
    });
    stream.end();
  };
}

let session;

const keepAlive = new http.Agent({ keepAlive: true, maxSockets: 8 });

function throughStreams(burn, done) {
  const transform = new Transform({
    transform(chunk, _encoding, callback) {
      burn();
      callback(null, chunk);
    },
  });
  pipeline(Readable.from(["a", "b"]), transform, (error) => {
    if (error) throw error;
    burn();
    done();
  });
  transform.resume();
}

const database = net.createServer((socket) => {
  socket.on("data", (data) => setTimeout(() => socket.write(data), jitter()));
});
await new Promise((resolve) => database.listen(0, "127.0.0.1", resolve));
const pool = new Pool(database.address().port);

/** What a path asks for; `request` is a stream of the request's body. */
function handle(url, context, done) {
  const [, style, route, client] = url.split("/");
  if (style === "echo") return done("echo");
  const burn = burnFor(route, client);
  if (style === "promise") promiseStyle(burn).then(done);
  else if (style === "nested") nestedStyle(burn).then(done);
  else if (style === "pool") poolStyle(burn, pool, done);
  else callbackStyle(burn, context, done);
}

const servers = {
  "node:http"() {
    const server = http.createServer((request, response) => {
      handle(request.url, { request, port: server.address().port }, (text) => response.end(`${text}\n`));
    });
    server.listen(0, "127.0.0.1", () => console.log(server.address().port));
  },
  "node:http2"() {
    const server = http2.createServer();
    const isRaw = (path) => path.endsWith("/0");
    server.on("stream", (stream, headers) => {
      if (!isRaw(headers[":path"])) return;
      handle(headers[":path"], { request: stream, askItself: askBy2(server) }, (text) => {
        stream.respond({ ":status": 200 });
        stream.end(`${text}\n`);
      });
    });
    server.on("request", (request, response) => {
      if (isRaw(request.url)) return;
      handle(request.url, { request, askItself: askBy2(server) }, (text) => response.end(`${text}\n`));
    });
    server.listen(0, "127.0.0.1", () => console.log(server.address().port));
  },
  "Deno.serve"() {
    const onListen = ({ port }) => console.log(port);
    const server = globalThis.Deno.serve({ port: 0, hostname: "127.0.0.1", onListen }, (request) => {
      const body = Readable.fromWeb(request.body ?? new Response("").body);
      return new Promise((resolve) => {
        const context = { request: body, port: server.addr.port };
        handle(new URL(request.url).pathname, context, (text) => resolve(new Response(`${text}\n`)));
      });
    });
  },
};
servers[process.argv[2] ?? "node:http"]();
process.on("SIGTERM", () => process.exit(0));
