import Fastify from "fastify";
import work from "./work.cjs";

const app = Fastify();
const answer = async (request, reply) => {
  const own = await work.handle(request.url);
  reply.header("x-own", String(own));
  return `done ${request.url}`;
};
app.get("/slow/:id", answer);
app.get("/fast/:id", answer);
app.get("/fail", async (_request, reply) => {
  reply.code(500);
  return "failed";
});
await app.listen({ port: 0, host: "127.0.0.1" });
console.log(`port ${app.server.address().port}`);
work.endOnSigterm(app.server);
