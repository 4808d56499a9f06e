/**
 * A server in more than one process or thread: `cluster`, `fork`, `spawn` or `threads`, as the argument says. Each answers with its
 * pid and thread id, and prints its port; SIGTERM ends all.
 */
const { fork, spawn } = require("node:child_process");
const cluster = require("node:cluster");
const http = require("node:http");
const { isMainThread, parentPort, threadId, Worker } = require("node:worker_threads");

const COUNT = 2;
const [, file, kind, isChild] = process.argv;

function serve() {
  const server = http.createServer((_request, response) => {
    response.setHeader("connection", "close");
    response.end(`${process.pid} ${threadId}`);
  });
  server.listen(0, "127.0.0.1", () => console.log(`port ${server.address().port}`));
  const end = () => server.close(() => process.exit(0));
  if (isMainThread) process.once("SIGTERM", end);
  else parentPort.once("message", end);
}

const starts = {
  cluster: () => cluster.fork(),
  fork: () => fork(file, [kind, "child"]),
  spawn: () => spawn(process.execPath, [file, kind, "child"], { stdio: "inherit" }),
  threads: () => new Worker(file, { argv: [kind, "child"] }),
};

if (isChild || cluster.isWorker || !isMainThread) serve();
else {
  const children = Array.from({ length: COUNT }, () => starts[kind]());
  let running = COUNT;
  for (const child of children) child.on("exit", () => --running === 0 && process.exit(0));
  process.once("SIGTERM", () => {
    for (const child of children) kind === "threads" ? child.postMessage("end") : child.kill("SIGTERM");
  });
}
