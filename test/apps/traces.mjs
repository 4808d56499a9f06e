// Answers with all that a program could tell a profiler in its process by: facts by the place where it looks, when it starts and while it serves.
import * as asyncHooks from "node:async_hooks";
import * as channels from "node:diagnostics_channel";
import { EventEmitter } from "node:events";
import fs from "node:fs";
import http from "node:http";
import { createRequire } from "node:module";
import net from "node:net";
import { performance } from "node:perf_hooks";
import process from "node:process";
import { types } from "node:util";
import v8 from "node:v8";

const { Deno } = globalThis;
const require = createRequire(import.meta.url);
const Module = require("node:module");

/** What everybody can reach. */
const objects = {
  process,
  "process's prototype": Object.getPrototypeOf(process),
  globalThis,
  Deno,
  "EventEmitter.prototype": EventEmitter.prototype,
  "net.Server.prototype": net.Server.prototype,
  "net.Socket.prototype": net.Socket.prototype,
  "http.Server.prototype": http.Server.prototype,
  "http.IncomingMessage.prototype": http.IncomingMessage.prototype,
  "http.ServerResponse.prototype": http.ServerResponse.prototype,
  "AsyncHook.prototype": Object.getPrototypeOf(asyncHooks.createHook({})),
  "AsyncResource.prototype": asyncHooks.AsyncResource.prototype,
  "AsyncLocalStorage.prototype": asyncHooks.AsyncLocalStorage.prototype,
  "v8.promiseHooks": v8.promiseHooks,
  "Promise.prototype": Promise.prototype,
  "Request.prototype": globalThis.Request?.prototype,
  "Response.prototype": globalThis.Response?.prototype,
  "Worker.prototype": globalThis.Worker?.prototype,
  "Object.prototype": Object.prototype,
  fs,
  "node:timers": require("node:timers"),
  "node:child_process": require("node:child_process"),
  "worker_threads.Worker.prototype": require("node:worker_threads").Worker.prototype,
};
const known = ["http.server.request.start", "http.server.response.finish", "http2.server.stream.created"];

/** How often each is in a list. */
function counted(list) {
  const counts = {};
  for (const it of list) counts[it] = (counts[it] ?? 0) + 1;
  return counts;
}

/** That they are there. */
function there(list) {
  return Object.fromEntries(list.map((it) => [it, true]));
}

/** A fact of each property of the objects that has one. */
function properties(factOf) {
  const facts = {};
  for (const [name, object] of Object.entries(objects)) {
    for (const key of object === undefined ? [] : Reflect.ownKeys(object)) {
      const fact = factOf(Object.getOwnPropertyDescriptor(object, key), key);
      if (fact !== undefined) facts[`\`${String(key)}\` of \`${name}\``] = fact;
    }
  }
  return facts;
}

const functions = (factOf) =>
  properties(({ value }) => typeof value === "function" ? factOf(value) : undefined);

function openFiles() {
  const links = fs.readdirSync("/proc/self/fd").map((fd) => {
    try {
      return fs.readlinkSync(`/proc/self/fd/${fd}`);
    } catch {
      return "";
    }
  });
  // Deno keeps more and fewer of a kind by chance.
  const facts = Deno === undefined ? counted : there;
  // Other files Node itself opens, sooner or later: /dev/null for its first stream, certificates in a thread.
  const interesting = links.filter((it) => /^[a-z]|\.spool$/.test(it));
  return facts(interesting.map((it) => it.endsWith(".spool") ? "the spool" : it.replace(/:.*/, "")));
}

const looks = {
  "listeners of `process`": () =>
    Object.fromEntries(process.eventNames().map((name) => [String(name), process.listenerCount(name)])),
  "own properties": () => properties(() => "there"),
  "kinds of properties": () =>
    properties((it) => it && `${it.get !== undefined} ${it.writable} ${it.enumerable}`),
  "proxies": () => functions((it) => types.isProxy(it) || undefined),
  "names and lengths of functions": () => functions(({ name, length }) => `${name} ${length}`),
  "texts of functions": () => functions(String),
  "modules": () => ({
    "`require.cache`": Object.keys(require.cache).length,
    "`Module._pathCache`": Object.keys(Module._pathCache ?? {}).length,
    "`process.moduleLoadList`": process.moduleLoadList?.length,
    "`require.main.children`": require.main?.children?.length,
  }),
  "words of the command": () => ({
    "`process.argv`": process.argv.length,
    "`process.execArgv`": process.execArgv.length,
    "`/proc/self/cmdline`": fs.readFileSync("/proc/self/cmdline", "utf8").split("\0").length,
  }),
  "environment": () =>
    Object.fromEntries(Object.entries(process.env).map(([name, it]) => [`\`${name}\``, it])),
  "active resources": () => counted(process.getActiveResourcesInfo?.() ?? []),
  "handles": () => counted((process._getActiveHandles?.() ?? []).map((it) => it.constructor.name)),
  "handles in a diagnostic report": () =>
    there((process.report?.getReport?.()?.libuv ?? []).map(({ type }) => type)),
  "open files": openFiles,
  "stack": () =>
    counted(
      new Error("here").stack.split("\n").map((it) =>
        `\`${
          it.trim().replace(/file:.*\/agent-\w+\.cjs/, "agent.cjs").replace(/:\d+:\d+/g, "").replace(
            /file:.*\//,
            "",
          )
        }\``
      ),
    ),
  "asynchronous ids": (request) =>
    request === undefined ? { "the next one": new asyncHooks.AsyncResource("look").asyncId() } : {},
  "performance entries": () => counted(performance.getEntries().map(({ entryType }) => entryType)),
  "subscribers of channels": () =>
    Object.fromEntries(known.map((name) => [`\`${name}\``, channels.hasSubscribers(name)])),
  "the inspector": () => ({ "`inspector.url()`": String(require("node:inspector").url?.()) }),
  // Deno catches more and fewer by chance.
  "signals": () =>
    Deno === undefined
      ? Object.fromEntries(
        fs.readFileSync("/proc/self/status", "utf8").match(/^Sig(?:Ign|Cgt):.*/gm)
          .map((line) => line.split(":\t")).map((
            [name, mask],
          ) => [`\`${name}\` of \`/proc/self/status\``, mask]),
      )
      : {},
  "request and response": (request, response) =>
    request === undefined ? {} : Object.fromEntries(
      [request, response, request.socket].flatMap((it) =>
        it ? Reflect.ownKeys(it).map((key) => [`\`${String(key)}\` of ${it.constructor.name}`, "there"]) : []
      ),
    ),
};

function look(...seen) {
  return Object.fromEntries(
    Object.entries(looks).map(([name, facts]) => {
      try {
        return [name, facts(...seen)];
      } catch (error) {
        return [name, { unknown: error.message }];
      }
    }),
  );
}

const atStart = look();
const answer = (...seen) => JSON.stringify({ "When it starts": atStart, "While it serves": look(...seen) });
if (Deno === undefined) {
  const server = http.createServer((request, response) => response.end(answer(request, response)));
  server.listen(0, "127.0.0.1", () => console.log(`port ${server.address().port}`));
} else {
  Deno.serve({
    port: 0,
    hostname: "127.0.0.1",
    onListen: ({ port }) => console.log(`port ${port}`),
  }, (request) => new Response(answer(request)));
}
