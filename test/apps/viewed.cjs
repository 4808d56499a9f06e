/** A server for the viewer's tests: a culprit, its victims, failures, and names that try to be HTML. */
const { pbkdf2Sync } = require("node:crypto");
const http = require("node:http");

// Each has a loop of its own, in which the samples are: hardly any in the runtime's functions, of which V8 may lose the caller.
function hogTheLoop() {
  let x = 1;
  for (const end = performance.now() + 80; performance.now() < end;) {
    for (let i = 0; i < 1000; i++) x = (x * 16807 + i) % 2147483647;
  }
  return x;
}

function victimWork() {
  pbkdf2Sync("password", "salt", 20_000, 32, "sha512");
}

function compareMe() {
  let x = 1;
  for (const end = performance.now() + Number(process.env.BUSY); performance.now() < end;) {
    for (let i = 0; i < 1000; i++) x = (x * 16807 + i) % 2147483647;
  }
  return x;
}

const hostile = {
  '<img src="https://evil.example/x" onerror="alert(1)">'() {
    let x = 1;
    for (const end = performance.now() + 60; performance.now() < end;) {
      for (let i = 0; i < 1000; i++) x = (x * 16807 + i) % 2147483647;
    }
    return x;
  },
};

/** Ends the waiting of a victim. */
let release;

const handlers = {
  // Keeps the event loop when, and only when, there is a victim.
  "/hog": async () => {
    while (release === undefined) await new Promise((resolve) => setTimeout(resolve, 1));
    hogTheLoop();
    // Afterwards, so that nobody holds the hog up.
    setImmediate(release);
    release = undefined;
  },
  "/victim": async () => {
    victimWork();
    await new Promise((resolve) => {
      release = resolve;
      console.log("a victim waits");
    });
    victimWork();
  },
  "/steady": compareMe,
  // An event stream, open for as long as whoever listens.
  "/events": (request, response) => {
    response.write(": open\n\n");
    return new Promise((resolve) => request.once("close", resolve));
  },
  "/hostile": () => Object.values(hostile)[0](),
};

const server = http.createServer(async (request, response) => {
  const path = new URL(request.url, "http://x").pathname;
  if (path === "/fail") response.statusCode = 500;
  await handlers[path]?.(request, response);
  response.end("done");
});
server.listen(0, "127.0.0.1", () => console.log(`port ${server.address().port}, process ${process.pid}`));
process.once("SIGTERM", () => {
  server.close();
  server.closeIdleConnections();
});
