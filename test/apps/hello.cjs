// Has no handler for any signal: they end it as they end any process.
const http = require("node:http");

const server = http.createServer((_request, response) => response.end("hello\n"));
server.listen(0, "127.0.0.1", () => console.log(`port ${server.address().port}`));
