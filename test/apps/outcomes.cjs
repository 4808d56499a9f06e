// Requests that end in every way there is.
const http = require("node:http");

const server = http.createServer((request, response) => {
  switch (request.url.split("?")[0]) {
    case "/hang":
      return response.write("begun\n");
    case "/silent":
      return;
    case "/destroy":
      response.write("begun\n");
      return setTimeout(() => response.destroy(new Error("on purpose")), 5);
    case "/cut":
      response.write("begun\n");
      return setTimeout(() => request.socket.destroy(), 5);
    case "/whole":
    case "/part": {
      // Whoever waits for the end of a stream calls `end` later than the client can leave.
      const size = Number(request.url.split("?")[1]);
      response.writeHead(200, { "content-length": size });
      return response.write(Buffer.alloc(request.url.startsWith("/part") ? size - 1 : size));
    }
    case "/single":
      response.write("x".repeat(Number(request.url.split("?")[1])));
      if (request.headers.te === "trailers") response.addTrailers({ "x-trailer": "it" });
      return response.end();
    case "/chunk":
      response.write("0123456789");
      return response.end();
    case "/empty":
      return response.writeHead(204).end();
    case "/exit":
      response.end("exiting");
      return response.on("close", () => setTimeout(() => process.exit(0), 20));
    default:
      return response.end("0123456789");
  }
});
server.listen(0, "127.0.0.1", () => console.log(`port ${server.address().port}`));
