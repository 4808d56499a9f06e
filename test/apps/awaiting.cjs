/**
 * Answers after 80 ms in which it does nothing, which it waits for after an `await`. `watched` as an argument: somebody watches promises.
 */
const { createHook } = require("node:async_hooks");
const { createServer } = require("node:http");
const { endOnSigterm } = require("./work.cjs");

if (process.argv[2] === "watched") createHook({ init() {}, before() {} }).enable();

const server = createServer(async (_request, response) => {
  await null;
  await new Promise((resolve) => setTimeout(resolve, 80));
  await null;
  response.end("ok");
});
server.listen(0, "127.0.0.1", () => console.log(`port ${server.address().port}`));
endOnSigterm(server);
