// Hono on Deno.serve, which has nothing but the handler of it.
import { Hono } from "hono";

const app = new Hono();
app.get("/things/:name", (context) => context.text("thing"));
app.get("/things/:name/failing", () => {
  throw new Error("failing");
});
app.onError((_error, context) => context.text("failed", 500));
const server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen: () => {} }, app.fetch);
console.log(`hono ${server.addr.port}\nall listen`);
