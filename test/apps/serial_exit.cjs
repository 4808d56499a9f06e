// Ends while one request has the turn and two wait for it.
const { subscribe } = require("node:diagnostics_channel");
const http = require("node:http");

let came = 0;
subscribe("http.server.request.start", () => {
  if (++came === 3) setImmediate(() => process.exit(0));
});
const server = http.createServer(() => {});
server.listen(0, "127.0.0.1", () => {
  for (const path of ["/first", "/second", "/third"]) {
    http.get({ port: server.address().port, path, agent: false }).on("error", () => {});
  }
});
