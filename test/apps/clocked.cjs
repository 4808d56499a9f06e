/**
 * A server that measures by its own clock how long its callbacks for a request ran, from first line to last, answer
 * included. `/own` tells the milliseconds by path. Requests to `/warm/` do the same without work of their own.
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
  const work = path.startsWith("/warm/") ? 0 : 10;
  own[path] = 0;
  const clocked = (act) => () => {
    const start = performance.now();
    act();
    own[path] += performance.now() - start;
  };
  const last = clocked(() => {
    spin(work);
    response.end("done");
  });
  const middle = clocked(() => {
    spin(work);
    setImmediate(last);
  });
  clocked(() => {
    spin(work);
    setTimeout(middle, 3);
  })();
});
server.listen(0, "127.0.0.1", () => console.log(`port ${server.address().port}`));
endOnSigterm(server);
