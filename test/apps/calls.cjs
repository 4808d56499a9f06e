// Calls functions a known number of times in each request.
const { createServer } = require("node:http");
const { isMainThread, Worker } = require("node:worker_threads");

let sink = 0;
function calledOften(value) {
  return (value * 31 + 7) | 0;
}
function calledSeldom() {
  for (let i = 0; i < 20_000; i++) sink = (sink * 7 + i) | 0;
}
function recursive(depth) {
  return depth === 0 ? 0 : 1 + recursive(depth - 1);
}
function inlined(value) {
  return value ^ 5;
}
function callsInlined(times) {
  for (let i = 0; i < times; i++) sink = inlined(sink);
}
function makeClosure(by) {
  return function closure(value) {
    return value + by;
  };
}
const closures = [makeClosure(1), makeClosure(2)];
async function awaits() {
  await null;
  await null;
  await null;
}

/** Another client of the inspector that uses the profiler: V8 ends the counting of all when it leaves. */
function profileItself() {
  const { Session } = require("node:inspector");
  const session = new Session();
  session.connect();
  session.post("Profiler.enable");
  session.post("Profiler.start");
  session.post("Profiler.stop");
  session.disconnect();
}

/** Asks this server for something else, and waits for the answer. */
function askItself(host) {
  return fetch(`http://${host}/asked`).then((answer) => answer.text());
}

async function handle({ url, headers }, response) {
  if (url === "/profiled") profileItself();
  if (url === "/asks") return askItself(headers.host).then(() => handle({ url: "" }, response));
  for (let i = 0; i < 1234; i++) sink = calledOften(sink);
  for (let i = 0; i < 17; i++) calledSeldom();
  recursive(99);
  callsInlined(5000);
  for (let i = 0; i < 3; i++) closures[0](i);
  for (let i = 0; i < 4; i++) closures[1](i);
  await awaits();
  response.end(String(sink));
}

// V8 has optimised it before anything is counted.
for (let i = 0; i < 1000; i++) callsInlined(1000);

if (process.argv[2] === "worker" && isMainThread) {
  new Worker(__filename, { argv: ["worker"] });
} else {
  const server = createServer(handle).listen(
    0,
    "127.0.0.1",
    () => console.log(`port ${server.address().port}`),
  );
  process.on("SIGTERM", () => process.exit());
}
