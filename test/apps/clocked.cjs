/**
 * A server that measures by its own clock how long its callbacks for a request ran, from first line to last, answer
 * included. `/own` tells the milliseconds by path.
 */
const http = require("node:http");
const { performance } = require("node:perf_hooks");
const { endOnSigterm } = require("./work.cjs");

const own = {};

function spin(milliseconds) {
  const until = performance.now() + milliseconds;
  let x = 1;
  while (performance.now() < until) for (let i = 0; i < 1000; i++) x = (x * 16807 + i) % 2147483647;
  return x;
}

const server = http.createServer((request, response) => {
  if (request.url === "/own") return response.end(JSON.stringify(own));
  const path = request.url;
  own[path] = 0;
  const clocked = (work) => () => {
    const start = performance.now();
    work();
    own[path] += performance.now() - start;
  };
  const last = clocked(() => {
    spin(20);
    response.end("done");
  });
  const middle = clocked(() => {
    spin(20);
    setImmediate(last);
  });
  clocked(() => {
    spin(20);
    setTimeout(middle, 3);
  })();
});
server.listen(0, "127.0.0.1", () => console.log(`port ${server.address().port}`));
endOnSigterm(server);
