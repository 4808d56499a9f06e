// A server on the socket that is named, an abstract one with `@` in front; or with `ask` in front of it a client of one.
const http = require("node:http");

const [first, second] = process.argv.slice(2);
const pathOf = (name) => name.replace(/^@/, "\0");

if (first === "ask") {
  http.get({ socketPath: pathOf(second), path: "/on/socket" }, (response) => response.pipe(process.stdout));
} else {
  http.createServer((_request, response) => response.end("hello\n")).listen(pathOf(first));
}
