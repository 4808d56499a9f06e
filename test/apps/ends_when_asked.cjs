// Answers; starts another one of its kind when asked for /another, and ends with 0 when asked for /end.
const { spawn } = require("node:child_process");
const http = require("node:http");

const server = http.createServer((request, response) => {
  response.setHeader("Connection", "close").end("hello\n");
  if (request.url === "/another") spawn(process.execPath, [__filename], { stdio: "inherit" });
  if (request.url === "/end") server.close();
});
server.listen(0, "127.0.0.1", () => console.log(`port ${server.address().port}`));
