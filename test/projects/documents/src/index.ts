// Hono on Node.
import { serve } from "@hono/node-server";
import { Hono } from "hono";
import { hashPassword, visit } from "../visits.cjs";

const app = new Hono();
app.get("/users/:id", (context) => context.text(context.req.param("id")));
app.post("/login", (context) => context.text(hashPassword()));
const server = serve({ fetch: app.fetch, port: 0, hostname: "127.0.0.1" }, async ({ port }: { port: number }) => {
  await visit(port);
  server.close();
  (server as import("node:http").Server).closeAllConnections();
});
