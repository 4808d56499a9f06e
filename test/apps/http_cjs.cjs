const { spawn } = require("node:child_process");
const http = require("node:http");
const { endOnSigterm, handle } = require("./work.cjs");

const server = http.createServer((request, response) => {
  if (request.url === "/child") {
    const child = spawn(process.execPath, ["-e", "process.exit(7)"], { stdio: "inherit" });
    return child.on("exit", (code) => response.end(String(code)));
  }
  if (request.url.startsWith("/fail")) {
    response.statusCode = 500;
    return response.end("failed");
  }
  handle(request.url).then((own) => {
    response.setHeader("x-own", String(own));
    response.end(`done ${request.url}`);
  });
});
server.listen(0, "127.0.0.1", () => console.log(`port ${server.address().port} pid ${process.pid}`));
endOnSigterm(server);
