// Answers in two parts: the first at once, the second after some work and a wait of its own.
const http = require("node:http");

function work(milliseconds) {
  const until = performance.now() + milliseconds;
  let x = 1;
  while (performance.now() < until) x = (x * 16807) % 2147483647;
  return x;
}

// A connection that is closed for being idle just when it is used again would leave its client in doubt.
const server = http.createServer({ keepAliveTimeout: 0 }, (request, response) => {
  const n = Number(request.url.slice(request.url.lastIndexOf("/") + 1));
  response.write(`begun ${n}\n`);
  setTimeout(() => response.end(`done ${work((n % 5) / 10)}\n`), n % 50);
});
server.listen(0, "127.0.0.1", () => console.log(`port ${server.address().port} of ${process.pid}`));
