// Uses storages in every way there is, within requests and outside, and answers with what it found in them.
const http = require("node:http");
const { AsyncLocalStorage, AsyncResource } = require("node:async_hooks");

const [outer, inner] = [new AsyncLocalStorage(), new AsyncLocalStorage()];
const later = () => new Promise((resolve) => setTimeout(resolve, 1));

/** In contexts that hold nothing of the application's, then more and more, and what was taken along from each. */
async function look() {
  // One for each request, for disabling one disables it for everybody.
  const off = new AsyncLocalStorage();
  const found = () => [outer.getStore(), inner.getStore(), off.getStore()].map((it) => it ?? "-").join("");
  const seen = [found()];
  const atFirst = AsyncLocalStorage.snapshot();
  const note = async (step) => {
    seen.push(`${step} ${found()}`);
    await later();
    seen.push(`${step} later ${found()}`);
  };
  await note("plain");
  await outer.run("a", async () => {
    await note("run");
    await inner.run("b", () => note("nested"));
    await note("left");
    await outer.exit(() => note("exit"));
    seen.push(`snapshot ${atFirst(found)}`);
  });
  off.enterWith("c");
  await note("entered");
  const resource = new AsyncResource("mine");
  const bound = AsyncResource.bind(found);
  off.disable();
  await note("disabled");
  inner.enterWith("d");
  await note("entered again");
  seen.push(`resource ${resource.runInAsyncScope(found)}`, `bound ${bound()}`, `snapshot ${atFirst(found)}`);
  process.nextTick(() => seen.push(`tick ${found()}`));
  queueMicrotask(() => seen.push(`microtask ${found()}`));
  await note("end");
  return seen;
}

const server = http.createServer(async (_request, response) => response.end(JSON.stringify(await look())));
server.listen(0, "127.0.0.1", () => console.log(`port ${server.address().port}`));
