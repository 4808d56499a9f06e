// Goes to the limits: requests that stay open until /release, deep recursion, and long streams.
const http = require("node:http");

const waiting = [];

function burn(milliseconds) {
  const until = performance.now() + milliseconds;
  while (performance.now() < until);
  return 0;
}

function descend(depth) {
  return depth === 0 ? burn(60) : descend(depth - 1) + 1;
}

function stream(response, left) {
  burn(4);
  if (left === 0) return response.end("end\n");
  response.write("data\n");
  setTimeout(stream, 50, response, left - 1);
}

const server = http.createServer({ keepAliveTimeout: 0 }, (request, response) => {
  const [, what, count] = request.url.split("/");
  if (what === "wait") {
    waiting.push(response);
    if (waiting.length === Number(count)) console.log("all are waiting");
  } else if (what === "release") {
    for (const it of waiting) it.end("released\n");
    response.end(`released ${waiting.length}\n`);
  } else if (what === "deep") response.end(`depth ${descend(Number(count))}\n`);
  else if (what === "stream") stream(response, Number(count));
  else response.end(`${request.url.length} ${request.headers["x-big"]?.length}\n`);
});
server.listen(0, "127.0.0.1", () => console.log(`port ${server.address().port} of ${process.pid}`));
