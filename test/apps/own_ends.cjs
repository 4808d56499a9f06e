/**
 * Ends itself: at once when asked for `/end` (`asked`), or by what a signal makes it do (`hears`). Its first argument says how; a
 * second one is where a package is, if it needs one.
 */
const http = require("node:http");
const { writeSync } = require("node:fs");

const [, , how = "none", place] = process.argv;
const captured = process.kill;
const signals = ["SIGINT", "SIGTERM", "SIGHUP"];

const asked = {
  "kill": () => process.kill(process.pid, "SIGTERM"),
  "kill by number": () => process.kill(process.pid, 15),
  "kill by a name of its own": () => captured(process.pid, "SIGHUP"),
  "kill -9": () => process.kill(process.pid, "SIGKILL"),
  "kill of a signal that is not caught": () => process.kill(process.pid, "SIGALRM"),
  "kill of its group": () => process.kill(0, "SIGTERM"),
  "kill of its group by its number": () => process.kill(-process.pid, "SIGTERM"),
  "kill that fails": () => {
    try {
      process.kill(process.pid, "SIGNONE");
    } catch (error) {
      writeSync(1, `${error.code}\n`);
    }
  },
  "kill of signal 0": () => process.kill(process.pid, 0),
  "kill of a signal that is ignored": () => process.kill(process.pid, "SIGWINCH"),
  "kill of a signal it listens for": () => {
    process.once("SIGTERM", () => writeSync(1, "heard\n"));
    process.kill(process.pid, "SIGTERM");
  },
  "kill after its listener was taken away": () => {
    const listener = () => writeSync(1, "heard\n");
    process.on("SIGTERM", listener).removeListener("SIGTERM", listener);
    process.kill(process.pid, "SIGTERM");
  },
  "reallyExit": () => process.reallyExit(3),
  "abort": () => process.abort(),
  "execve": () => process.execve("/bin/echo", ["echo", "another program"], {}),
};

const hears = {
  "once, after it has closed": (signal) =>
    process.once(signal, () => close(() => process.kill(process.pid, signal))),
  "on, at once": (signal) =>
    process.on(signal, function again() {
      process.removeListener(signal, again);
      process.kill(process.pid, signal);
    }),
  "on, later": (signal) =>
    process.on(signal, function again() {
      process.removeListener(signal, again);
      setTimeout(() => process.kill(process.pid, signal), 20);
    }),
  "on, within microtasks": (signal) =>
    process.on(signal, async function again() {
      await null;
      process.removeAllListeners(signal);
      await null;
      process.kill(process.pid, signal);
    }),
  "once, with an exit code in a microtask": (signal) =>
    process.once(signal, async () => process.exit(await 7)),
  // As `enableShutdownHooks` of NestJS does it.
  "shutdown hooks": (signal) =>
    process.on(signal, async function cleanup() {
      await new Promise(close);
      signals.forEach((it) => process.removeListener(it, cleanup));
      process.kill(process.pid, signal);
    }),
  "zone.js": (signal) => {
    require(place);
    hears["on, at once"](signal);
  },
  "signal-exit 3": () => require(place)(() => writeSync(1, "bye\n")),
  "signal-exit 4": () => require(place).onExit((code, signal) => writeSync(1, `bye ${code} ${signal}\n`)),
  "terminus": () => require(place).createTerminus(server, { signals, timeout: 1000 }),
};

function close(then) {
  server.close(then);
  server.closeAllConnections();
}

const server = http.createServer((request, response) => {
  if (request.url === "/close") {
    // The answer is out before connections are closed: a client may ask again otherwise.
    return response.setHeader("Connection", "close").on("close", () => close()).end();
  }
  if (request.url !== "/end") {
    for (const until = performance.now() + 20; performance.now() < until;);
    return response.end("hello\n");
  }
  asked[how]();
  writeSync(1, "goes on\n");
  response.end("goes on\n");
});
if (how in hears) signals.forEach(hears[how]);
server.listen(0, "127.0.0.1", () => console.log(`port ${server.address().port} of ${process.pid}`));
