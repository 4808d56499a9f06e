/**
 * `/victim` waits 150 ms for a timer, `/hog` computes for 80 ms, `/after` answers and computes for as long 5 ms later. Prints
 * its port, `victim` when that waits, and `<name> begins` and `<name> <ms>` around each computation; SIGTERM ends it.
 */
const http = require("node:http");
const { performance } = require("node:perf_hooks");
const { endOnSigterm } = require("./work.cjs");

function compute(name, burn) {
  const start = performance.now();
  console.log(`${name} begins`);
  burn(performance.now() + 80);
  const took = performance.now() - start;
  console.log(`${name} ${took}`);
}

function burnHog(until) {
  while (performance.now() < until);
}

function burnLater(until) {
  while (performance.now() < until);
}

const server = http.createServer((request, response) => {
  if (request.url === "/hog") compute("hog", burnHog);
  else if (request.url === "/after") setTimeout(() => compute("later", burnLater), 5);
  else if (request.url === "/victim") {
    console.log("victim");
    return void setTimeout(() => response.end("victim"), 150);
  }
  response.end("done");
});
server.listen(0, "127.0.0.1", () => console.log(`port ${server.address().port}`));
endOnSigterm(server);
