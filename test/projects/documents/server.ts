// TypeScript whose types Node itself can leave out.
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { hashPassword, visit } from "./visits.cjs";

const server = createServer((request, response) => {
  response.end(request.method === "POST" ? hashPassword() : "a user");
});
server.listen(0, "127.0.0.1", async () => {
  await visit((server.address() as AddressInfo).port);
  server.close();
  server.closeAllConnections();
});
