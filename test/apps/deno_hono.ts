/** Hono, served by `Deno.serve`. */
import { Hono } from "hono";
import work from "./work.cjs";

const app = new Hono();
app.get("/slow/:id", async (context) => {
  const own = await work.handle(context.req.path);
  return context.text(`done ${context.req.path}`, 200, { "x-own": String(own) });
});
app.get("/fast/:id", async (context) => {
  const own = await work.handle(context.req.path);
  return context.text(`done ${context.req.path}`, 200, { "x-own": String(own) });
});
app.get("/fail", (context) => context.text("failed", 500));
const onListen = ({ port }: { port: number }) => console.log(`port ${port}`);
const server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen }, app.fetch);
Deno.addSignalListener("SIGTERM", async () => {
  await server.shutdown();
  Deno.exit(0);
});
