// Fastify.
const { hashPassword, visit } = require("./visits.cjs");

const app = require("fastify")();
app.get("/users/:id", async (request) => ({ id: request.params.id }));
app.post("/login", async () => ({ token: hashPassword() }));
app.listen({ port: 0, host: "127.0.0.1" }).then(async () => {
  await visit(app.server.address().port);
  app.server.closeAllConnections();
  await app.close();
});
