// Prints all that a server under Deno could tell a profiler by. The argument says how it ends.
import process from "node:process";

const end = Deno.args[0];

function look(when: string): void {
  const events = [
    "exit",
    "beforeExit",
    "uncaughtException",
    "unhandledRejection",
    "warning",
    "SIGTERM",
    "SIGINT",
  ];
  console.log(when, events.map((name) => `${name}:${process.listenerCount(name)}`).join(" "));
  console.log(
    when,
    "functions",
    Deno.serve.name,
    Deno.serve.length,
    queueMicrotask.name,
    queueMicrotask.length,
    Object.getOwnPropertyDescriptor(Request.prototype, "headers")?.get?.name,
  );
  console.log(
    when,
    "timers",
    setTimeout.name,
    setTimeout.length,
    typeof setTimeout(() => {}),
    typeof setImmediate,
  );
  console.log(when, "globals", Object.keys(globalThis).sort().join(), Object.keys(Deno).sort().join());
  console.log(when, "process", Object.keys(process).length, process.execArgv.join(), import.meta.main);
}

const print = (name: string, then: () => void) => {
  console.log(new Error(name).stack);
  then();
};

look("start");
const server = Deno.serve({
  port: 0,
  hostname: "127.0.0.1",
  onListen: ({ port }) => console.error(`port ${port}`),
}, async (request, info) => {
  const { pathname } = new URL(request.url);
  if (pathname === "/throw") throw new Error("thrown in the handler");
  if (pathname === "/look") {
    look("request");
    console.log(
      "body",
      Reflect.ownKeys(info).length,
      Reflect.ownKeys(request).map(String).join(),
      request.headers.get("host")?.length,
      await request.text(),
    );
    await new Promise<void>((resolve) => setTimeout(() => print("timer", resolve), 5));
    await new Promise<void>((resolve) => queueMicrotask(() => print("microtask", resolve)));
    await new Promise<void>((resolve) => process.nextTick(() => print("tick", resolve)));
    return new Response("looked");
  }
  if (end === "Deno.exit") Deno.exit(3);
  if (end === "exit") process.exit(4);
  if (end === "throw" || end === "prevented" || end === "caught") {
    setTimeout(() => {
      throw new Error("thrown on purpose");
    });
  }
  if (end === "reject") Promise.reject(new Error("rejected on purpose"));
  if (end === "close") server.shutdown();
  return new Response("ending");
});
const nothing = () => {};
switch (end) {
  case "prevented":
    globalThis.addEventListener("error", (event) => {
      console.log("prevented", event.error.stack);
      event.preventDefault();
    });
    break;
  case "caught":
    process.on("uncaughtException", (error) => console.log("caught", error.stack));
    break;
  case "process.on":
    process.on("SIGINT", (signal) => {
      look("signal");
      console.log(signal);
      process.exit(6);
    });
    break;
  case "removed":
    Deno.addSignalListener("SIGTERM", nothing);
    Deno.removeSignalListener("SIGTERM", nothing);
    process.on("SIGTERM", nothing);
    process.off("SIGTERM", nothing);
}
if (end === "handled") {
  Deno.addSignalListener("SIGTERM", () => {
    look("signal");
    Deno.exitCode = 5;
    server.shutdown().then(() => Deno.exit());
  });
}
globalThis.addEventListener("unload", () => console.log("unload"));
process.on("exit", (code) => console.log("exit", code));
