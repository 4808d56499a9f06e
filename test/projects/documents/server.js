// Express.
const express = require("express");
const { hashPassword, visit } = require("./visits.cjs");

const app = express();
app.get("/users/:id", (request, response) => response.json({ id: request.params.id }));
app.post("/login", (_request, response) => response.json({ token: hashPassword() }));
const server = app.listen(0, "127.0.0.1", async () => {
  if (process.env.STAYS) return;
  await visit(server.address().port);
  server.close();
  server.closeAllConnections();
});
process.once("SIGTERM", () => process.exit(0));
