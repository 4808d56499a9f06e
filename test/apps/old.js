// A server for a Node of any age; says which it is and whether an agent is in it.
const http = require("http");

const server = http.createServer((_, response) => {
  const keys = Object.getOwnPropertySymbols(process).map(String).join();
  response.end(process.version + (keys.indexOf("profsrv") < 0 ? " without" : " with"));
});
process.on("SIGTERM", () => process.exit(0));
server.listen(0, "127.0.0.1", () => console.log("port " + server.address().port));
