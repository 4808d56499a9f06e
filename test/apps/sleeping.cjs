// Watches promises, and calls back for nobody within a promise reaction of nobody's. The event loop sleeps nearly all the time.
const { AsyncResource, createHook } = require("node:async_hooks");
const { createServer } = require("node:http");

createHook({ init() {}, before() {} }).enable();
const resource = new AsyncResource("nobody");
setInterval(() => Promise.resolve().then(() => resource.runInAsyncScope(() => {})), 40);

const server = createServer((_request, response) => setTimeout(() => response.end("ok"), 400));
server.listen(0, "127.0.0.1", () => console.log(`port ${server.address().port}`));
