/**
 * `/victim` is answered 20 ms after another request's work, `/hog` computes for 80 ms, `/after` answers and computes for as long 5 ms
 * later. Prints its port, `victim` when that waits, and `<name> begins` and `<name> <ms> <ms>` around each computation: how
 * long it took to its last line, and until the event loop went on. SIGTERM ends it.
 * With the argument `queue`, a request for `/late` is in its socket when `/queue` has 30 ms more to compute.
 */
const http = require("node:http");
const { Worker } = require("node:worker_threads");
const { performance } = require("node:perf_hooks");
const { endOnSigterm } = require("./work.cjs");

/** They wait for others to compute. */
const victims = [];

function compute(name, burn, { start = performance.now(), answer = () => {} } = {}) {
  console.log(`${name} begins`);
  burn(performance.now() + 80);
  for (const response of victims.splice(0)) setTimeout(() => response.end("victim"), 20);
  answer();
  const took = performance.now() - start;
  setImmediate(() => console.log(`${name} ${took} ${performance.now() - start}`));
}

function burnHog(until) {
  while (performance.now() < until);
}

function burnLater(until) {
  while (performance.now() < until);
}

/** Sends a request for `/late` when it is told to, and says when that is out. */
const sender = process.argv[2] !== "queue" ? undefined : new Worker(
  `const { parentPort } = require("node:worker_threads");
  parentPort.on("message", ({ port, isOut }) => {
    const socket = require("node:net").connect(port, "127.0.0.1", () => {
      socket.end("GET /late HTTP/1.1\\r\\nHost: x\\r\\nConnection: close\\r\\n\\r\\n", () => {
        Atomics.store(isOut, 0, 1);
        Atomics.notify(isOut, 0);
      });
    });
    socket.resume();
  });`,
  { eval: true },
);

/** The request for `/late` is out, and 30 ms more go by, before the event loop can read it. */
function burnWhileSent() {
  const isOut = new Int32Array(new SharedArrayBuffer(4));
  sender.postMessage({ port: server.address().port, isOut });
  Atomics.wait(isOut, 0, 0);
  burnHog(performance.now() + 30);
}

const server = http.createServer((request, response) => {
  const start = performance.now();
  if (request.url === "/queue") burnWhileSent();
  if (request.url === "/hog") return compute("hog", burnHog, { start, answer: () => response.end("done") });
  if (request.url === "/after") setTimeout(() => compute("later", burnLater), 5);
  if (request.url === "/victim") {
    console.log("victim");
    return void victims.push(response);
  }
  response.end("done");
});
server.listen(0, "127.0.0.1", () => console.log(`port ${server.address().port}`));
endOnSigterm(server);
process.once("SIGTERM", () => sender?.unref());
