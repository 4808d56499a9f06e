// A server to be debugged: one line to stop at, one function to be seen.
const http = require("node:http");

function burn() {
  const until = performance.now() + 150;
  while (performance.now() < until);
}

function handle(request) {
  const path = request.url; // stop here
  if (path === "/burn") burn();
  return `answer to ${path}\n`;
}

const server = http.createServer((request, response) => response.end(handle(request)));
server.listen(0, "127.0.0.1", () => console.log(`port ${server.address().port}`));
