/**
 * Ends in every way there is. Its first argument says what it does with SIGINT, SIGTERM, SIGHUP and SIGQUIT: `default`,
 * `handles` (closes, and ends with 5), `once` or `removes` (listens for the first only) or `ignores`.
 */
const http = require("node:http");

const signals = ["SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT"];
const mode = process.argv[2] ?? "default";

const server = http.createServer((request, response) => {
  switch (request.url) {
    case "/open":
      return console.log("open");
    case "/close":
      response.setHeader("Connection", "close").end("closing\n");
      return server.close(() => console.log("closed"));
    case "/exit":
      return process.exit(3);
    case "/throw":
      // Deno answers for a handler of node:http that throws.
      return void setTimeout(() => {
        throw new Error("thrown on purpose");
      });
    case "/reject":
      return void Promise.reject(new Error("rejected on purpose"));
    case "/abort":
      return process.abort();
    case "/compute":
      console.log("computing");
      for (;;);
    case "/memory":
      for (const all = [];;) all.push(new Array(1000).fill(all.length));
    default:
      return response.end("hello\n");
  }
});

for (const signal of mode === "default" ? [] : signals) {
  const on = mode === "once" ? "once" : "on";
  process[on](signal, function onSignal(name) {
    console.log("got", name);
    if (mode === "removes") process.removeListener(signal, onSignal);
    if (mode !== "handles") return;
    process.exitCode = 5;
    server.close();
    server.closeAllConnections();
  });
}
process.on("exit", (code) => console.log("exit", code));
server.listen(0, "127.0.0.1", () => console.log(`port ${server.address().port} of ${process.pid}`));
