/**
 * Answers after 80 ms in which it does nothing, which it waits for after an `await`. `watched` as an argument: somebody watches promises;
 * `watched-later`: from within a promise reaction of the first request on. Somebody also runs something each 30 ms, for nobody.
 */
const { createHook } = require("node:async_hooks");
const { createServer } = require("node:http");
const { endOnSigterm } = require("./work.cjs");

const how = process.argv[2];
const watch = () => createHook({ init() {}, before() {} }).enable();
if (how === "watched") watch();
let isFirst = true;
setInterval(async () => await null, 30).unref();

const server = createServer(async (_request, response) => {
  await null;
  if (isFirst && how === "watched-later") watch();
  isFirst = false;
  await new Promise((resolve) => setTimeout(resolve, 80));
  await null;
  response.end("ok");
});
server.listen(0, "127.0.0.1", () => console.log(`port ${server.address().port}`));
endOnSigterm(server);
