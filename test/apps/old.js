// A server for a Node of any age; says which it is and whether an agent is in it.
var http = require("http");

var server = http.createServer(function (request, response) {
  var keys = Object.getOwnPropertySymbols(process).map(String).join();
  response.end(process.version + (keys.indexOf("profsrv") < 0 ? " without" : " with"));
});
process.on("SIGTERM", function () {
  process.exit(0);
});
server.listen(0, "127.0.0.1", function () {
  console.log("port " + server.address().port);
});
