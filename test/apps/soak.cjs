// `/<n>` answers in two parts, the second after some work and a wait of its own; `/idle/<n>` says something once a minute
// and never ends; `/child/<maps>/<end>` runs a server that has so many source maps, has it asked once, and answers when it is gone.
const { fork } = require("node:child_process");
const http = require("node:http");

const MINUTE = 60_000;

function work(milliseconds) {
  const until = performance.now() + milliseconds;
  let x = 1;
  while (performance.now() < until) x = (x * 16807) % 2147483647;
  return x;
}

function beat(response) {
  response.write(`beat ${work(0.2)}\n`);
  setTimeout(beat, MINUTE, response).unref();
}

// A connection that is closed for being idle just when it is used again would leave its client in doubt.
const server = http.createServer({ keepAliveTimeout: 0 }, (request, response) => {
  const [, kind, maps, end] = request.url.split("/");
  const n = Number(request.url.slice(request.url.lastIndexOf("/") + 1));
  if (kind === "idle") return setTimeout(beat, (n * 7919) % MINUTE, response);
  if (kind === "child") {
    const child = fork(`${__dirname}/soak_child.cjs`, [maps, end], { execArgv: ["--enable-source-maps"] });
    return child.on("exit", (code, signal) => response.end(`child ${code ?? signal}\n`));
  }
  response.write(`begun ${n}\n`);
  setTimeout(() => response.end(`done ${work((n % 5) / 10)}\n`), n % 50);
});
server.listen(0, "127.0.0.1", () => console.log(`port ${server.address().port} of ${process.pid}`));
// An end does not wait for those that never end.
process.on("SIGTERM", () => process.exit(0));
