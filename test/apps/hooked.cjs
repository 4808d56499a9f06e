// Watches itself with hooks and a storage of its own, as tracing libraries do, and answers with what they saw.
const http = require("node:http");
const { AsyncLocalStorage, AsyncResource, createHook, executionAsyncId, triggerAsyncId } = require(
  "node:async_hooks",
);
const v8 = require("node:v8");

const storage = new AsyncLocalStorage();
const counts = new Map();
const types = new Map();
const count = (what) => counts.set(what, (counts.get(what) ?? 0) + 1);

// What comes of the resource ROOT and whatever is made while that runs; a connection that closes meanwhile is no part of it.
const hook = createHook({
  init(id, type, trigger) {
    if (type !== "ROOT" && !types.has(trigger) && !types.has(executionAsyncId())) return;
    types.set(id, type);
    count(`${type} by ${types.get(trigger) ?? "?"}`);
  },
  before: (id) => types.has(id) && count(`before ${types.get(id)}`),
  after: (id) => types.has(id) && count(`after ${types.get(id)}`),
  promiseResolve: (id) => types.has(id) && count("resolved"),
});

async function work() {
  await new Promise((resolve) => setTimeout(resolve, 5));
  await Promise.all([1, 2, 3].map(async (it) => {
    await null;
    return it;
  }));
  return storage.getStore();
}

/** The promises that are made while a request works for `time` milliseconds after an await, as V8 tells of them. */
async function watch(time) {
  let made = 0;
  const stop = v8.promiseHooks.onInit(() => made++);
  await work();
  for (const until = performance.now() + time; performance.now() < until;);
  stop();
  return made;
}

const server = http.createServer((request, response) => {
  if (request.url === "/promises") {
    return void watch(30).then((made) => response.end(JSON.stringify({ made })));
  }
  if (request.url !== "/hooked") return response.end("plain\n");
  counts.clear();
  types.clear();
  hook.enable();
  const root = new AsyncResource("ROOT");
  root.runInAsyncScope(() =>
    storage.run("mine", async () => {
      const stored = await work();
      const inside = executionAsyncId() !== 0 && triggerAsyncId() !== undefined;
      hook.disable();
      response.end(JSON.stringify({ stored, inside, counts: [...counts].sort() }));
    })
  );
});
server.listen(0, "127.0.0.1", () => console.log(`port ${server.address().port}`));
