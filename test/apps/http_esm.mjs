import { createServer } from "node:http";
import work from "./work.cjs";

const server = createServer(async (request, response) => {
  if (request.url.startsWith("/fail")) return response.writeHead(500).end("failed");
  const own = await work.handle(request.url);
  response.writeHead(200, { "x-own": String(own) }).end(`done ${request.url}`);
});
server.listen(0, "127.0.0.1", () => console.log(`port ${server.address().port}`));
work.endOnSigterm(server);
