// Answers of all sizes over the protocol that the first argument names: `http`, `https` or `http2`, the last over TLS.
const { readFileSync } = require("node:fs");
const { join } = require("node:path");
const { Readable } = require("node:stream");

const [protocol] = process.argv.slice(2);
const read = (name) => readFileSync(join(__dirname, "tls", name));
const tls = { key: read("key.pem"), cert: read("cert.pem") };
const servers = {
  http: (answer) => require("node:http").createServer(answer),
  https: (answer) => require("node:https").createServer(tls, answer),
  http2: (answer) => require("node:http2").createSecureServer(tls, answer),
};

const server = servers[protocol]((request, response) => {
  const [way, size] = request.url.slice(1).split("?");
  const body = Buffer.alloc(Number(size), "x");
  switch (way) {
    case "declared":
      return response.writeHead(200, { "content-length": size }).end(body);
    case "single":
      response.write(body);
      return response.end();
    case "piped":
      response.writeHead(200, { "content-length": size });
      return Readable.from(function* () {
        for (let at = 0; at < body.length; at += 50_000) yield body.subarray(at, at + 50_000);
      }()).pipe(response);
    // Whoever waits for the end of a stream calls `end` later than the client can leave.
    case "whole":
    case "part":
      response.writeHead(200, { "content-length": size });
      return response.write(way === "whole" ? body : body.subarray(1));
    default:
      return response.end();
  }
});
server.listen(0, "127.0.0.1", () => console.log(`port ${server.address().port}`));
