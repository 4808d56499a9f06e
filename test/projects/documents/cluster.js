// Two processes that serve, and one that asks them.
const cluster = require("node:cluster");
const http = require("node:http");
const { hashPassword, visit } = require("./visits.cjs");

if (cluster.isPrimary) {
  const workers = [cluster.fork(), cluster.fork()];
  const ports = workers.map((worker) => new Promise((resolve) => worker.once("message", resolve)));
  Promise.all(ports).then(async (all) => {
    for (const port of all) await visit(port);
    for (const worker of workers) worker.send("end");
  });
} else {
  const server = http.createServer((request, response) => {
    response.end(request.method === "POST" ? hashPassword() : "a user");
  }).listen(0, "127.0.0.1", () => process.send(server.address().port));
  process.once("message", () => {
    server.closeAllConnections();
    process.disconnect();
  });
}
