// `/a` and `/b` wait; what a third request does calls back for them in the middle of its own work.
const http = require("node:http");
const { AsyncResource } = require("node:async_hooks");
const { endOnSigterm } = require("./work.cjs");

const spin = (milliseconds) => {
  for (const until = performance.now() + milliseconds; performance.now() < until;);
};

/** What calls a function for a request that waits, by its path. */
const waiting = {};

const thirds = {
  /** Each in the other: 50 ms are the third's, 20 each of theirs. */
  "/nested"() {
    const { "/a": a, "/b": b } = waiting;
    spin(10);
    a(() => {
      spin(10);
      b(() => spin(20));
      spin(10);
    });
    spin(40);
  },
  /** More ticks than are remembered by their ids, of two by turns: 100 ms of each and what ticks take. */
  "/ticks"() {
    const { "/a": a } = waiting;
    for (let i = 0; i < 5000; i++) {
      process.nextTick(spin, 0.02);
      a(() => process.nextTick(spin, 0.02));
    }
  },
};

const server = http.createServer((request, response) => {
  if (request.url === "/waiting") return response.end(String(Object.keys(waiting).length));
  const third = thirds[request.url];
  if (third === undefined) {
    const resource = new AsyncResource("waiting");
    waiting[request.url] = (act) => resource.runInAsyncScope(act);
    process.once("answer", () => response.end(request.url));
    return;
  }
  third();
  // A timer of its own, for nothing that follows is to count as its work before.
  setTimeout(() => {
    response.end(request.url);
    process.emit("answer");
  }, 5);
});
endOnSigterm(server);
server.listen(0, "127.0.0.1", () => console.log(`port ${server.address().port}`));
