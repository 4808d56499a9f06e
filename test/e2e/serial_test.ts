/** `--serial`: the server handles one request at a time, and nothing else changes for its clients. */
import assert from "node:assert/strict";
import http2 from "node:http2";
import { askTogether } from "../support/http2_client.ts";
import { checkLaws } from "../support/laws.ts";
import { type Answer, appPath, ask, askAll, profiled, type Run, type Started } from "../support/profiled.ts";
import { head, RawClient } from "../support/raw_client.ts";
import { isThorough, missing, type Runtime, runtimes } from "../support/runtimes.ts";

const CLIENTS = 64;

/** What the server knows of its requests. */
interface State {
  readonly most: number;
  readonly arrived: readonly number[];
  readonly begun: readonly number[];
  readonly waited: Readonly<Record<string, number>>;
  readonly aborted: number;
}

interface Ports {
  readonly http: number;
  readonly limited: number;
  readonly late: number;
  readonly https: number;
  readonly http2: number;
  readonly streams: number;
}

/** A server of the test's that runs with `--serial`. */
interface Tested {
  readonly started: Started;
  readonly ports: Ports;
  /** What it knows since this was asked last. */
  state(): Promise<State>;
}

const numbered = (path: string, count = CLIENTS, from = 0) =>
  Array.from({ length: count }, (_, n) => path.replace("*", String(from + n)));

async function start(started: Started): Promise<Tested> {
  const ports = JSON.parse((await started.printed(/ports (.*)/))[1]!) as Ports;
  return {
    started,
    ports,
    async state() {
      const state = JSON.parse((await ask(ports.http, "/state")).body);
      await ask(ports.http, "/forget");
      return state;
    },
  };
}

/** Each client got its own answer, and no two handlers ran at once. */
function checkAnswers(answers: readonly Answer[], state: State, words = "done"): void {
  assert.deepEqual(answers.map(({ status, body }) => `${status} ${body.split(" beside")[0]}`), [
    ...answers.map((_, n) => `200 ${words} ${n}`),
  ]);
  assert.equal(state.most, 1, "no two at once");
  assert.equal(state.begun.length, answers.length);
}

async function checkClients({ ports, state }: Tested): Promise<void> {
  const paths = numbered("/turn?n=*");
  const began = performance.now();
  checkAnswers(await askAll(ports.http, paths, CLIENTS), await inOrder(state));
  assert.ok(performance.now() - began > CLIENTS * 2, "each took its 2 ms");
  const secure = { protocol: "https:", rejectUnauthorized: false } as const;
  checkAnswers(await askAll(ports.https, paths, CLIENTS, secure), await inOrder(state));
  for (const port of [ports.http2, ports.streams]) {
    const answers = await askTogether(port, paths);
    const known = await state();
    checkAnswers(answers, known);
    assert.deepEqual(known.begun, paths.map((_, n) => n), "streams of a session come one after another");
  }
  // All of them at once.
  const kept = await Promise.all([
    askAll(ports.http, numbered("/turn?n=*&mixed"), 8),
    askAll(ports.https, numbered("/turn?n=*&mixed"), 8, secure),
    askTogether(ports.http2, numbered("/turn?n=*&mixed")),
    askTogether(ports.streams, numbered("/turn?n=*&mixed")),
  ]);
  const { most, begun } = await state();
  assert.deepEqual([most, begun.length], [1, 4 * CLIENTS]);
  for (const answers of kept) {
    assert.ok(answers.every(({ status }, n) => status === 200 && answers[n]!.body === `done ${n}`));
  }
}

async function inOrder(ask: () => Promise<State>): Promise<State> {
  const state = await ask();
  assert.deepEqual(state.begun, state.arrived);
  return state;
}

async function checkSelfCalls({ ports, state }: Tested): Promise<void> {
  for (const by of ["fetch", "http", "agent", "post", "socket", "path"]) {
    const answers = await askAll(ports.http, numbered(`/outer?n=*&by=${by}`, 16), 16);
    checkAnswers(answers, await state(), "inner");
    assert.deepEqual(answers.map(({ body }) => body.split("beside ")[1]), answers.map(() => "1"), by);
  }
}

async function checkPipelining({ ports, state }: Tested): Promise<void> {
  const client = new RawClient(ports.http);
  client.say(numbered("/turn?n=*&piped", 6).map((path) => head(`GET ${path}`)).join(""));
  await client.hears(/done 0[^]*done 1[^]*done 2[^]*done 3[^]*done 4[^]*done 5/);
  client.say(head("GET /turn?n=6&piped"));
  await client.hears(/done 6/);
  client.socket.end();
  await client.closed;
  const { most, begun } = await state();
  assert.deepEqual([most, begun], [1, [0, 1, 2, 3, 4, 5, 6]]);
}

/** Keeps the server busy until the request with the next number comes in; what `meanwhile` sends waits. */
async function whileBusy(tested: Tested, n: number, meanwhile: () => Promise<unknown>): Promise<void> {
  const holder = ask(tested.ports.https, `/turn?n=${n}&after=${n + 99}`, secureOptions);
  await tested.started.printed(new RegExp(`arrived ${n}\\.`));
  await meanwhile();
  const last = ask(tested.ports.https, `/turn?n=${n + 99}`, secureOptions);
  assert.deepEqual((await Promise.all([holder, last])).map(({ body }) => body), [
    `done ${n}`,
    `done ${n + 99}`,
  ]);
}

const secureOptions = { protocol: "https:", rejectUnauthorized: false } as const;

async function checkAborts(tested: Tested): Promise<void> {
  const { ports, started, state } = tested;
  let stays: Promise<Answer> | undefined;
  await whileBusy(tested, 100, async () => {
    const leaves = new RawClient(ports.http);
    leaves.say(head("GET /turn?n=101&leaves"));
    await started.printed(/arrived 101\./);
    stays = ask(ports.http, "/turn?n=102");
    await started.printed(/arrived 102\./);
    leaves.socket.destroy();
    await started.printed(/closed 101\./);
    const session = http2.connect(`http://127.0.0.1:${ports.streams}`);
    session.on("error", () => {});
    const cancelled = session.request({ ":path": "/turn?n=103" });
    cancelled.on("error", () => {});
    await new Promise((resolve) => session.ping(resolve));
    cancelled.close(http2.constants.NGHTTP2_INTERNAL_ERROR);
    await new Promise((resolve) => session.ping(resolve));
    session.destroy();
    const upgrade = new RawClient(ports.http);
    upgrade.say(head("GET /upgrade?n=104", "Connection: Upgrade", "Upgrade: echo"));
    await upgrade.hears(/^/);
    upgrade.socket.resetAndDestroy();
    const piped = new RawClient(ports.http);
    piped.say(head("GET /turn?n=105&closes") + head("GET /turn?n=106&unsent"));
    await started.printed(/arrived 106\./);
  });
  assert.equal((await stays)?.body, "done 102");
  const { most, begun, aborted } = await state();
  assert.deepEqual([most, begun, aborted], [1, [100, 102, 105, 199], 0], "who left is not handled");
}

async function checkStreams(tested: Tested): Promise<void> {
  const { ports, state } = tested;
  const events = new RawClient(ports.http);
  events.say(head("GET /events"));
  await events.hears(/data: hello/);
  assert.equal((await ask(ports.http, "/turn?n=1")).body, "done 1", "while the stream is open");
  const socket = new RawClient(ports.http);
  await whileBusy(tested, 200, () => {
    socket.say(head("GET /upgrade", "Connection: Upgrade", "Upgrade: echo"));
    socket.say("early");
    return Promise.resolve();
  });
  await socket.hears(/101 Switching[^]*\r\n\r\nearly/);
  assert.equal((await ask(ports.http, "/turn?n=2")).body, "done 2", "while the upgraded connection is open");
  socket.say(" and late");
  await socket.hears(/early and late/);
  for (const client of [events, socket]) {
    client.socket.destroy();
    await client.closed;
  }
  assert.equal((await state()).most, 1);
}

/** What a handler throws and a listener takes ends its turn, and its client waits on. */
async function checkThrown({ started, ports, state }: Tested): Promise<void> {
  for (const path of ["/throws-late", "/throws"]) {
    const client = new RawClient(ports.http);
    client.say(head(`GET ${path}`));
    await started.printed(new RegExp(`caught ${path}\\.`));
    assert.equal((await ask(ports.http, "/turn?n=1")).body, "done 1", `while ${path} has no answer`);
    client.socket.destroy();
    await started.printed(new RegExp(`gone ${path}\\.`));
  }
  assert.equal((await state()).most, 1);
}

/** The limits of this server are 600 ms, for a silent connection and for a request. */
async function checkTimeouts({ ports, state }: Tested): Promise<void> {
  const holder = ask(ports.https, "/turn?n=300&ms=1500", secureOptions);
  const never = new RawClient(ports.late);
  never.say(head("POST /body?n=4", "Content-Length: 5"));
  const body = "x".repeat(1_000_000);
  const answers = await Promise.all(
    ["/body?n=1", "/body?n=2", "/body?n=3"].map((path) => ask(ports.limited, path, { method: "POST", body })),
  );
  assert.deepEqual(answers.map((it) => `${it.status} ${it.body}`), answers.map(() => "200 1000000"));
  assert.equal((await holder).status, 200);
  // In its turn it has the time that is left: as Node says alone, if the body does not come then either.
  await never.hears(/408 Request Timeout/);
  await never.closed;
  assert.equal((await state()).most, 1);
}

/** What Node answers itself waits for nobody, and the trailers of a stream that has waited come. */
async function checkNode(tested: Tested): Promise<void> {
  const { ports, state } = tested;
  const session = http2.connect(`http://127.0.0.1:${ports.streams}`);
  const stream = session.request({ ":path": "/trailers", ":method": "POST" }, { waitForTrailers: true });
  let heard = "";
  const ended = new Promise((resolve) =>
    stream.setEncoding("utf8").on("data", (text) => heard += text).on("end", resolve)
  );
  await whileBusy(tested, 400, async () => {
    const client = new RawClient(ports.http);
    client.say(head("GET /expecting", "Expect: miracles"));
    await client.hears(/417 Expectation Failed/);
    client.socket.destroy();
    const tunnel = new RawClient(ports.http);
    tunnel.say(head("CONNECT nowhere:1"));
    await tunnel.closed;
    stream.on("wantTrailers", () => stream.sendTrailers({ "x-end": "yes" }));
    stream.end("body");
    await new Promise((resolve) => session.ping(resolve));
  });
  await ended;
  session.close();
  assert.equal(heard, "trailers yes");
  assert.equal((await state()).most, 1);
}

function checkIndex(run: Run, waited: State["waited"]): void {
  checkLaws(run);
  const of = (path: string) => run.index.filter((it) => it.url === path);
  const off = Object.entries(waited).map(([n, time]) => {
    const { queued = NaN, duration = NaN } = of(`/turn?n=${n}&waited`)[0] ?? {};
    // The handler begins within the duration.
    assert.ok(queued + duration >= time, `${queued} ms, then ${duration} ms, but it waited ${time} ms`);
    return queued - time;
  }).sort((a, b) => a - b);
  const middle = (sorted: readonly number[]) => sorted[sorted.length >> 1]!;
  // On a busy machine the time in the socket, of which `queued` has the most that it may be, is longer.
  const most = Math.max(10, middle(Object.values(waited).sort((a, b) => a - b)) / 4);
  assert.ok(middle(off) > -5 && middle(off) < most, `as long as they waited: ${off}`);
  const gone = of("/turn?n=101&leaves");
  assert.deepEqual(gone.map(({ outcome, status }) => `${outcome} ${status}`), ["aborted 0"]);
  assert.ok(gone[0]!.queued! > 0 && gone[0]!.duration < 50);
  const [unsent] = of("/turn?n=106&unsent");
  assert.equal(unsent!.outcome, "aborted", "the answer before it has closed the connection");
  assert.deepEqual(run.index.filter(({ method }) => method === "CONNECT").length, 1);
  assert.deepEqual(of("/expecting").map(({ status }) => status), [417]);
  const turns = run.index.filter(({ url }) => url.endsWith("&mixed"));
  assert.equal(turns.length, 4 * CLIENTS);
  checkApart(turns.toSorted((a, b) => a.start < b.start ? -1 : 1));
  const notAlone = run.index.filter(({ beside }) => beside === true);
  const reasons = ["/inner", "/outer", "/throws", "/throws-late"];
  assert.deepEqual(
    [...new Set(notAlone.map(({ path }) => path))].filter((it) => it !== "/turn").sort(),
    reasons,
  );
  assert.equal(notAlone.filter(({ path }) => path === "/turn").length, 2, "those beside what has thrown");
  assert.equal(run.index.filter(({ path, beside }) => reasons.includes(path) && !beside).length, 0);
  assert.equal(run.record.beside, notAlone.length);
  assert.doesNotMatch(run.stderr, /agent reports: a request has run/);
}

/** The duration of each has ended when the next one begins; instants in the index are whole milliseconds. */
function checkApart(turns: Run["index"]): void {
  for (const [at, { start, duration }] of turns.slice(0, -1).entries()) {
    const next = Date.parse(turns[at + 1]!.start);
    assert.ok(Date.parse(start) + duration <= next + 3, `${start} and ${duration} ms, then ${next}`);
  }
}

async function serialOnNode(runtime: Runtime): Promise<void> {
  let waited: State["waited"] = {};
  const run = await profiled([runtime.path, appPath("serial.cjs")], async (started) => {
    const tested = await start(started);
    await checkClients(tested);
    await askAll(tested.ports.http, numbered("/turn?n=*&waited", 16), 16);
    waited = (await tested.state()).waited;
    for (
      const check of [
        checkSelfCalls,
        checkPipelining,
        checkAborts,
        checkStreams,
        checkTimeouts,
        checkNode,
        checkThrown,
      ]
    ) {
      await check(tested);
    }
    started.kill("SIGTERM");
  }, { options: ["--serial"] });
  checkIndex(run, waited);
}

/** How a server of each kind is asked by its own process. */
const DENO_SELF_CALLS = {
  serve: ["fetch", "http", "socket", "conn", "path", "websocket"],
  node: ["fetch", "http", "socket", "conn"],
};

async function serialOnDeno(runtime: Runtime): Promise<void> {
  const run = await profiled([runtime.path, "run", "-A", appPath("serial_deno.ts")], async (started) => {
    const ports = JSON.parse((await started.printed(/ports (.*)/))[1]!) as { serve: number; node: number };
    const state = async () => {
      const known = JSON.parse((await ask(ports.serve, "/state")).body) as State;
      await ask(ports.serve, "/forget");
      return known;
    };
    for (const port of [ports.serve, ports.node]) {
      checkAnswers(await askAll(port, numbered("/turn?n=*"), CLIENTS), await state());
      checkAnswers(await askAll(port, numbered("/turn?n=*&kept"), 4), await state());
    }
    await Promise.all(
      [ports.serve, ports.node].map((port) => askAll(port, numbered("/turn?n=*&mixed"), CLIENTS)),
    );
    const { most, begun } = await state();
    assert.deepEqual([most, begun.length], [1, 2 * CLIENTS]);
    for (const [to, ways] of Object.entries(DENO_SELF_CALLS)) {
      for (const by of ways) {
        const answers = await askAll(ports.serve, numbered(`/outer?n=*&to=${to}&by=${by}`, 4), 4);
        checkAnswers(answers, await state(), "inner");
      }
    }
    const events = new RawClient(ports.serve);
    events.say(head("GET /events"));
    await events.hears(/data: hello/);
    const socket = new WebSocket(`ws://127.0.0.1:${ports.serve}/chat`);
    await new Promise((resolve) => socket.onopen = resolve);
    const failing = await askAll(ports.serve, ["/turn?n=0", "/fails", "/turn?n=1"], 3);
    assert.deepEqual(failing.map(({ status, body }) => `${status} ${body}`), [
      "200 done 0",
      "500 of the handler's own",
      "200 done 1",
    ]);
    const heard = new Promise((resolve) => socket.onmessage = ({ data }) => resolve(data));
    socket.send("still open");
    assert.equal(await heard, "still open");
    socket.close();
    events.socket.destroy();
    started.kill("SIGTERM");
  }, { options: ["--serial"] });
  checkLaws(run);
  const turns = run.index.filter(({ url }) => url.endsWith("&mixed")).sort((a, b) =>
    a.start < b.start ? -1 : 1
  );
  assert.equal(turns.length, 2 * CLIENTS);
  checkApart(turns);
  assert.ok(turns.at(-1)!.queued! > CLIENTS, "the last one has waited for all others");
  assert.deepEqual([...new Set(run.index.filter(({ beside }) => beside).map(({ path }) => path))].sort(), [
    "/inner",
    "/outer",
  ]);
  assert.doesNotMatch(run.stderr, /agent reports: a request has run/);
}

/** Frameworks are given their requests as ever. */
async function serialFramework(runtime: Runtime, app: string): Promise<void> {
  const run = await profiled([runtime.path, appPath(app)], async (started) => {
    const port = Number((await started.printed(/port (\d+)/))[1]);
    const answers = await askAll(port, numbered("/slow/*"), CLIENTS);
    assert.deepEqual(answers.map(({ status, body }) => `${status} ${body}`), numbered("200 done /slow/*"));
    started.kill("SIGTERM");
  }, { options: ["--serial", "--quiet"] });
  checkLaws(run);
  assert.deepEqual([...new Set(run.index.map(({ route }) => route))], ["/slow/:id"]);
  const turns = run.index.toSorted((a, b) => a.start < b.start ? -1 : 1);
  assert.equal(turns.length, CLIENTS);
  checkApart(turns);
}

/** Nothing tells that the process that asks was started by the request that has its turn: but that does not run. */
async function serialAroundAnother(runtime: Runtime): Promise<void> {
  const run = await profiled([runtime.path, appPath("serial.cjs"), "http"], async (started) => {
    const { ports } = await start(started);
    assert.equal((await ask(ports.http, "/outer?n=1&by=child")).body, "inner 1 beside 1");
    started.kill("SIGTERM");
  }, { options: ["--serial"] });
  assert.match(
    run.stderr,
    /The agent reports: a request has run next to nothing for 10 s while others waited/,
  );
  assert.match(
    run.stderr,
    /Not alone, though requests were to wait for each other \(--serial\): 2 of 2 requests\./,
  );
  const [inner] = run.index.filter(({ path }) => path === "/inner");
  assert.deepEqual(run.index.map(({ path, beside = false }) => `${path} ${beside}`).sort(), [
    "/inner true",
    "/outer true",
  ]);
  assert.ok(inner!.queued! > 9000 && inner!.duration < 5000);
}

const tested = await runtimes();
for (const runtime of tested) {
  Deno.test(
    `requests wait for each other on ${runtime.kind} ${runtime.version}`,
    () => runtime.kind === "node" ? serialOnNode(runtime) : serialOnDeno(runtime),
  );
}

for (const { kind, version, path } of tested) {
  if (kind !== "node") continue;
  Deno.test(`requests that wait when their process ends are listed, on node ${version}`, async () => {
    const run = await profiled([path, appPath("serial_exit.cjs")], async () => {}, { options: ["--serial"] });
    assert.equal(run.code, 0);
    const listed = run.index.map(({ path, outcome }) => `${path} ${outcome}`).sort();
    assert.deepEqual(listed, ["/first unfinished", "/second unfinished", "/third unfinished"]);
  });
}

const newest = tested.filter(({ kind }) => kind === "node").at(-1);
if (!isThorough) missing("--serial in frameworks", "it takes half a minute; MATRIX=all does it");
else if (newest !== undefined) {
  for (const app of ["express.mjs", "fastify.mjs", "koa.mjs"]) {
    Deno.test(`requests wait for each other in ${app}`, () => serialFramework(newest, app));
  }
  Deno.test("requests that wait for one that waits for them begin after ten seconds", () =>
    serialAroundAnother(newest));
}
