// A server that has Vite transform and run its modules, as the guide to server-side rendering shows.
import http from "node:http";
import { createServer } from "vite";

const vite = await createServer({
  root: import.meta.dirname,
  configFile: false,
  appType: "custom",
  logLevel: "warn",
  server: { middlewareMode: true, hmr: false, ws: false, watch: null },
});
const server = http.createServer(async (request, response) => {
  const { burnPrimes } = await vite.ssrLoadModule("/burn.ts");
  burnPrimes({ ms: 60 });
  if (request.url.endsWith("/failing")) response.statusCode = 500;
  response.end(`item ${request.url.split("/").at(-1)}`);
});
server.listen(Number(process.env.PORT), "127.0.0.1", () => console.log(`http://127.0.0.1:${server.address().port}`));
process.once("SIGTERM", () => process.exit(0));
