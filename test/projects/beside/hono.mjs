// Hono on its own adapter for node:http: answers of a declared size, from a text and from a stream.
import { serve } from "@hono/node-server";
import { Hono } from "hono";

const app = new Hono();
app.get("/text/:size", (context) => context.text("x".repeat(Number(context.req.param("size")))));
app.get("/stream/:size", (context) => {
  const body = new TextEncoder().encode("x".repeat(Number(context.req.param("size"))));
  const stream = new ReadableStream({
    async start(controller) {
      controller.enqueue(body);
      // The client has it all and may be gone by now.
      await new Promise((resolve) => setTimeout(resolve, 20));
      controller.close();
    },
  });
  return new Response(stream, { headers: { "content-length": String(body.length) } });
});
const server = serve({ fetch: app.fetch, port: 0, hostname: "127.0.0.1" }, ({ port }) => console.log(`port ${port}`));
process.once("SIGTERM", () => server.close() && server.closeAllConnections());
