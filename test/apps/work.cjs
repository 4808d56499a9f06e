/**
 * What the handlers of all test servers do: `/slow/:id`, `/fast/:id` and `/fail`, each in functions of its own. The
 * answer's header says how much time the handler's own synchronous work took, by its own clock.
 */
const { performance } = require("node:perf_hooks");

function spin(milliseconds) {
  const until = performance.now() + milliseconds;
  let x = 1;
  while (performance.now() < until) for (let i = 0; i < 1000; i++) x = (x * 16807 + i) % 2147483647;
  return x;
}

function slowWork() {
  return spin(10);
}

function fastWork() {
  return spin(2);
}

async function timed(work, rounds) {
  let own = 0;
  for (let i = 0; i < rounds; i++) {
    const start = performance.now();
    work();
    own += performance.now() - start;
    await new Promise((resolve) => setTimeout(resolve, 3));
  }
  return own;
}

/** Handles a path with `/slow/` or `/fast/` in it; gives the time of its own work in milliseconds. */
exports.handle = (path) => path.startsWith("/slow/") ? timed(slowWork, 3) : timed(fastWork, 2);

/** Ends the process in the way all test servers are told to. */
exports.endOnSigterm = (server) => {
  process.once("SIGTERM", () => {
    server.close(() => process.exit(0));
    server.closeAllConnections?.();
  });
};
