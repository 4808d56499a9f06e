// What HTTP/1.1 and HTTP/2 allow a server to do; the argument is 1 or 2. Prints what it notices on its own side.
const http = require("node:http");
const http2 = require("node:http2");

const handlers = {
  "/text": (_request, response) => response.end("0123456789"),
  "/declared": (_request, response) => response.writeHead(200, { "content-length": 10 }).end("0123456789"),
  "/slow": (_request, response) => setTimeout(() => response.end("0123456789"), 30),
  "/chunks": (_request, response) => {
    for (const part of ["0123", "4567"]) response.write(part);
    response.end("89");
  },
  "/slowchunks": (_request, response) => {
    response.write("01234");
    setTimeout(() => response.end("56789"), 30);
  },
  "/empty": (_request, response) => response.writeHead(204).end(),
  "/unchanged": (_request, response) => response.writeHead(304).end(),
  "/sum": (request, response) => {
    let sum = 0;
    request.on("data", (chunk) => sum += chunk.length);
    request.on("end", () => response.end(`${sum} bytes ${JSON.stringify(request.trailers)}`));
  },
  "/early": (_request, response) => response.end("not interested"),
  "/hints": (request, response) => {
    response.writeEarlyHints({ link: "</style.css>; rel=preload; as=style" });
    if (request.httpVersion === "1.1") response.writeProcessing();
    setTimeout(() => response.end("0123456789"), 5);
  },
  "/trailers": (_request, response) => {
    if (response.stream === undefined) response.setHeader("trailer", "x-sum");
    response.write("0123456789");
    response.addTrailers({ "x-sum": "10" });
    response.end();
  },
  "/events": (request, response) => {
    response.writeHead(200, { "content-type": "text/event-stream" });
    const send = setInterval(() => response.write("data: x\n\n"), 5);
    const stop = () => clearInterval(send);
    response.on("close", stop);
    if (request.url.endsWith("?3")) setTimeout(() => (stop(), response.end("data: end\n\n")), 30);
  },
  "/open": (_request, response) => response.write("begun\n"),
  "/exit": (_request, response) => {
    response.end("exiting");
    response.on("close", () => setTimeout(() => process.exit(0), 20));
  },
};

function answer(request, response) {
  const handler = handlers[request.url.split("?")[0]];
  if (handler === undefined) response.writeHead(404).end();
  else handler(request, response);
}

const server = process.argv[2] === "2" ? http2.createServer(answer) : http.createServer(answer);
server.on("checkContinue", (request, response) => {
  if (request.url === "/unwanted") return response.writeHead(413, { "content-length": 0 }).end();
  response.writeContinue();
  answer(request, response);
});
server.on("checkExpectation", (_request, response) => {
  response.writeHead(417, { "content-length": 4 });
  response.end("what");
});
server.on("clientError", (error, socket) => {
  console.log("clientError", error.code);
  socket.end("HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n");
});
server.listen(0, "127.0.0.1", () => console.log(`port ${server.address().port}`));
