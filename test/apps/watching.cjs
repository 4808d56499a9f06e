// Watches promises, or has others than the runtime's, before it serves; answers with what it saw during a request.
const http = require("node:http");
const v8 = require("node:v8");
const { AsyncLocalStorage, AsyncResource, createHook, executionAsyncResource } = require("node:async_hooks");

const [how] = process.argv.slice(2);
const Native = Promise;
const storage = new AsyncLocalStorage();
let seen = 0;

if (how === "hooks") {
  createHook({ before: () => executionAsyncResource() instanceof Native && seen++, after() {} }).enable();
}
if (how === "v8") v8.promiseHooks.onInit(() => seen++);
if (how === "storage") storage.run("first", () => {});
if (how === "storage" || how === "promise") {
  const { then } = Native.prototype;
  Native.prototype.then = function (...args) {
    seen++;
    return then.apply(this, args);
  };
  globalThis.Promise = class Other {
    static resolve = () => new Other();
    then() {
      seen++;
    }
  };
}

function burn(time) {
  for (const until = performance.now() + time; performance.now() < until;);
}

async function answer(response) {
  seen = 0;
  for (let i = 0; i < 3; i++) await null;
  burn(20);
  const stored = storage.getStore();
  // The request goes on until this has returned.
  response.once("finish", AsyncResource.bind(() => burn(20)));
  response.end(JSON.stringify({ how, seen, stored }));
}

const server = http.createServer((_request, response) => storage.run("mine", () => void answer(response)));

async function main() {
  await null;
  server.listen(0, "127.0.0.1", () => console.log(`port ${server.address().port}`));
}
main();
