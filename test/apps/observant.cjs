/**
 * Prints all that an application could notice of a profiler in its process, answers requests, and ends as its first
 * argument says: `exit`, `throw`, `reject`, `close` or `wait` (for a signal).
 */
const http = require("node:http");
const net = require("node:net");
const { AsyncLocalStorage } = require("node:async_hooks");

const storage = new AsyncLocalStorage();
const end = process.argv[2];

function look(when) {
  const events = ["exit", "beforeExit", "uncaughtException", "unhandledRejection", "warning", "message"];
  const signals = ["SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT", "SIGUSR2"];
  const counts = [...events, ...signals].map((name) =>
    `${name}:${process.listenerCount(name)}/${process.listeners(name).length}`
  );
  console.log(when, counts.join(" "), process.eventNames().map(String).sort().join());
  console.log(when, "execArgv", JSON.stringify(process.execArgv));
  console.log(
    when,
    "cache",
    Object.keys(require.cache).length,
    module.children.length,
    require.main === module,
  );
  console.log(
    when,
    "emit",
    process.emit.name,
    process.emit.length,
    http.Server.prototype.emit.name,
    net.Server.prototype.listen.length,
  );
  console.log(when, "keys", Object.keys(net.Server.prototype).join(), Object.keys(process).length);
  console.log(
    when,
    "resources",
    process.getActiveResourcesInfo().sort().join(),
    process._getActiveHandles().length,
  );
  console.log(when, "globals", Object.keys(globalThis).join());
}

look("start");
const server = http.createServer((request, response) => {
  if (request.url === "/look") {
    look("request");
    const own = (it) => Reflect.ownKeys(it).map(String).sort().join();
    console.log("own", own(request), "|", own(response), "|", own(request.socket));
    const listeners = (it) =>
      it.eventNames().map((name) => `${String(name)}:${it.listenerCount(name)}`).join();
    console.log("listeners", listeners(request), "|", listeners(response), "|", listeners(request.socket));
    console.log("stack", new Error("here").stack.replace(/127.0.0.1:\d+/g, "host"));
    const promise = Promise.resolve("kept").then((it) => it);
    request.on("data", () => console.log("data", new Error("there").stack));
    request.on("end", () =>
      storage.run("own", () =>
        setTimeout(() => {
          console.log("later", storage.getStore(), new Error("later").stack);
          console.log("promise", promise);
          response.end("looked");
        }, 5)));
    return;
  }
  response.end("ending");
  if (end === "exit") process.exit(3);
  if (end === "throw") throw new Error("thrown on purpose");
  if (end === "reject") Promise.reject(new Error("rejected on purpose"));
  if (end === "close") {
    server.close();
    server.closeAllConnections?.();
  }
});
if (end === "handled") {
  process.on("SIGTERM", function onTerm(signal, number) {
    console.log("handler", signal, number, new Error("in handler").stack.split("\n").length > 1);
    look("signal");
    process.exitCode = 5;
    server.close();
    server.closeAllConnections?.();
  });
}
server.listen(0, "127.0.0.1", function onListening() {
  console.log("listening", new Error("listening").stack);
  console.error(`port ${server.address().port}`);
});
net.createServer().listen(0, "127.0.0.1", function () {
  this.unref();
  http.createServer().on("error", (error) => {
    console.log("in use", error.stack.replaceAll(/:\d{4,5}/g, ":port"));
  }).listen(this.address().port, "127.0.0.1");
});
process.on("exit", (code) => console.log("exit", code, new Error("at exit").stack));
