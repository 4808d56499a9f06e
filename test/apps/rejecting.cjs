/**
 * Promises are rejected, and a listener takes that. `/rejects` never answers; `/floats` answers 60 ms later as if nothing was. Others say how
 * many handlers run.
 */
const http = require("node:http");

let active = 0;
if (globalThis.Deno === undefined) {
  process.on("unhandledRejection", ({ message }) => console.log(`took ${message}.`));
} else {
  globalThis.addEventListener("unhandledrejection", (event) => {
    event.preventDefault();
    console.log(`took ${event.reason.message}.`);
  });
}

const server = http.createServer(async ({ url }, response) => {
  if (url === "/rejects") throw new Error(url);
  active++;
  if (url === "/floats") {
    Promise.reject(new Error(url));
    await new Promise((resolve) => setTimeout(resolve, 60));
  }
  active--;
  response.end(`beside ${active}`);
});
server.listen(0, "127.0.0.1", () => console.log(`port ${server.address().port}`));
process.once("SIGTERM", () => process.exit(0));
