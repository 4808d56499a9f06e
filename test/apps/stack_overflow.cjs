/** Its path says in which kind of recursion the stack overflows; it answers with what it caught. */
const http = require("node:http");
const { AsyncLocalStorage, AsyncResource } = require("node:async_hooks");

const storage = new AsyncLocalStorage();

const kinds = {
  made(n) {
    new Promise(() => {});
    return kinds.made(n + 1) + 1;
  },
  promise(n) {
    Promise.resolve(n).then(() => {});
    return kinds.promise(n + 1) + 1;
  },
  async asyncfn(n) {
    return (await kinds.asyncfn(n + 1)) + 1;
  },
  timer(n) {
    clearTimeout(setTimeout(() => {}, 1e6));
    return kinds.timer(n + 1) + 1;
  },
  resource(n) {
    return new AsyncResource("x").runInAsyncScope(() => kinds.resource(n + 1)) + 1;
  },
  als(n) {
    return storage.run(n, () => kinds.als(n + 1)) + 1;
  },
  json() {
    let object = {};
    for (let i = 0; i < 2e5; i++) object = { object };
    return JSON.stringify(object);
  },
};

http.createServer(async (request, response) => {
  if (request.url === "/end") process.exit(0);
  await null;
  let caught = "nothing";
  try {
    await kinds[request.url.slice(1)](0);
  } catch (error) {
    caught = error.message;
  }
  response.end(caught);
}).listen(0, "127.0.0.1", function () {
  console.log(`port ${this.address().port}`);
});
