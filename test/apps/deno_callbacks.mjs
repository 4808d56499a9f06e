/**
 * Answers `/<kind>` from a callback of that kind, which computes in a function of its own; `/<kind>/waiting` waits for 30 ms
 * then. Prints its port and the kinds.
 */
import { AsyncResource } from "node:async_hooks";
import { pbkdf2, randomBytes } from "node:crypto";
import { readFile, stat } from "node:fs";
import http from "node:http";
import { createRequire } from "node:module";
import process from "node:process";
import { Readable } from "node:stream";
import timers from "node:timers";
import { fileURLToPath } from "node:url";
import { gzip } from "node:zlib";

const FILE = fileURLToPath(import.meta.url);

function callbackWork() {
  const until = performance.now() + 20;
  let x = 1;
  while (performance.now() < until) for (let i = 0; i < 1000; i++) x = (x * 16807 + i) % 2147483647;
  return x;
}

/** Callbacks of resources that others call, as a database driver's shared connection does. */
const queue = [];
setInterval(() => {
  for (const callback of queue.splice(0)) callback();
}, 2);

/** Up to 2.6 CommonJS programs have other global timers than modules. */
const commonjs = createRequire(import.meta.url)("./timers.cjs");

const once = ({ setInterval, clearInterval }) => (done) => {
  const timer = setInterval(() => {
    clearInterval(timer);
    done();
  }, 1);
};

const keepAlive = new http.Agent({ keepAlive: true });

/** How each kind comes to call `done`. */
const kinds = {
  setTimeout: (done) => setTimeout(done, 1),
  setInterval: once(globalThis),
  setImmediate: (done) => setImmediate(done),
  "node:timers setTimeout": (done) => timers.setTimeout(done, 1),
  "node:timers setInterval": once(timers),
  "node:timers setImmediate": (done) => timers.setImmediate(done),
  "CommonJS setTimeout": (done) => commonjs.setTimeout(done, 1),
  "CommonJS setInterval": once(commonjs),
  "CommonJS setImmediate": (done) => commonjs.setImmediate(done),
  nextTick: (done) => process.nextTick(done),
  queueMicrotask: (done) => queueMicrotask(done),
  promise: (done) => Promise.resolve().then(done),
  runInAsyncScope(done) {
    const resource = new AsyncResource("Query");
    queue.push(() => resource.runInAsyncScope(done));
  },
  "AsyncResource.bind": (done) => queue.push(AsyncResource.bind(done)),
  stat: (done) => stat(FILE, done),
  readFile: (done) => readFile(FILE, done),
  randomBytes: (done) => randomBytes(64, done),
  pbkdf2: (done) => pbkdf2("secret", "salt", 10, 32, "sha256", done),
  gzip: (done) => gzip("x".repeat(5000), done),
  stream: (done) => Readable.from(["a", "b"]).on("end", done).resume(),
  webStream: (done) => new Response("text").text().then(done),
  httpResponse: (done) =>
    http.get({ port: server.addr.port, path: "/echo", agent: keepAlive }, (it) => done(it.resume())),
  httpEnd: (done) =>
    http.get(
      { port: server.addr.port, path: "/echo", agent: keepAlive },
      (it) => it.resume().on("end", done),
    ),
  fetch: (done) => fetch(`http://127.0.0.1:${server.addr.port}/echo`).then((it) => it.text()).then(done),
  messageChannel(done) {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      done();
    };
    port2.postMessage("go");
  },
};

const server = globalThis.Deno.serve({
  port: 0,
  hostname: "127.0.0.1",
  onListen: ({ port }) => console.log(`port ${port} ${Object.keys(kinds).join()}`),
}, (request) => {
  const [, name, whether] = new URL(request.url).pathname.split("/");
  const kind = kinds[decodeURI(name)];
  if (kind === undefined) return new Response("echo");
  return new Promise((resolve) => {
    kind(() => {
      callbackWork();
      const answer = () => resolve(new Response("done"));
      if (whether === "waiting") setTimeout(answer, 30);
      else answer();
    });
  });
});
globalThis.Deno.addSignalListener("SIGTERM", () => globalThis.Deno.exit(0));
