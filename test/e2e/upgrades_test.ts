/** Connections that leave HTTP: WebSocket, other upgrades and `CONNECT`, accepted and refused. */
import assert from "node:assert/strict";
import { profiles } from "../support/compatibility.ts";
import { checkLaws, type CpuProfile, samplesUnder } from "../support/laws.ts";
import { appPath, ask, contentOf, profiled, type Run } from "../support/profiled.ts";
import { head, RawClient } from "../support/raw_client.ts";
import { runtimes } from "../support/runtimes.ts";

/** Sends a message, the next when that is answered, and in the end either closes or says what ends it. */
function chat(port: number, path: string, options: { messages: number; last: string }): Promise<void> {
  const socket = new WebSocket(`ws://127.0.0.1:${port}${path}`);
  let answers = 0;
  const next = () => {
    if (answers < options.messages) socket.send(`m${answers++}`);
    else if (options.last === "") socket.close(1000);
    else socket.send(options.last);
  };
  socket.onopen = next;
  socket.onmessage = next;
  return new Promise((resolve) => socket.onclose = () => resolve());
}

/** Asks to leave HTTP; if that is granted says `then`, hears the same, and closes. */
async function leave(
  port: number,
  request: string,
  then: { say: string; hear: RegExp } | null,
): Promise<void> {
  const client = new RawClient(port);
  client.say(request);
  if (then !== null) {
    await client.hears(/\r\n\r\n/);
    client.say(then.say);
    await client.hears(then.hear);
    client.socket.end();
  }
  await client.closed;
}

const upgrade = ["Upgrade: echo", "Connection: Upgrade"];

/** The samples of each connection's own functions are in its own record. */
function checkSamples(run: Run): void {
  const names = ["a", "b", "c", "d"];
  let [right, wrong] = [0, 0];
  for (const { method, path, files } of run.index) {
    const [, , own] = /^\/(chat|later)\/(\w)$/.exec(path) ?? [];
    if (own === undefined) continue;
    const profile = JSON.parse(contentOf(run, files[0]!)) as CpuProfile;
    const works = method === "GET" ? ["handshake"] : ["message", "timer"];
    for (const work of ["handshake", "message", "timer"]) {
      for (const name of names) {
        const samples = samplesUnder(profile, `${work}_${name}`);
        if (name === own && works.includes(work)) right += samples;
        else wrong += samples;
      }
    }
  }
  // One may be taken just when the event loop turns from one connection to another.
  assert.ok(
    wrong <= Math.max(2, 0.005 * right),
    `${wrong} samples in a wrong record, ${right} in the right one`,
  );
  assert.ok(right > 100, `${right} samples`);
  assert.ok(run.record.attribution.coverage > 0.5, JSON.stringify(run.record.attribution));
}

for (const runtime of await runtimes()) {
  if (runtime.kind !== "node") continue;
  profiles({ group: "Protocols", name: "WebSocket (ws), upgrades, CONNECT" }, runtime, async () => {
    let port = 0;
    const run = await profiled([runtime.path, appPath("upgrades.cjs")], async (started) => {
      port = Number((await started.printed(/port (\d+)/))[1]);
      await Promise.all([
        chat(port, "/chat/a", { messages: 10, last: "" }),
        chat(port, "/chat/b?x=1", { messages: 10, last: "close" }),
        chat(port, "/chat/c", { messages: 10, last: "terminate" }),
        chat(port, "/later/d", { messages: 10, last: "" }),
      ]);
      await leave(port, head("GET /raw", ...upgrade), { say: "hello", hear: /hello$/ });
      await leave(port, head("GET /refused", ...upgrade), null);
      await leave(port, head("GET /response", ...upgrade), null);
      await leave(port, head("GET /dropped", ...upgrade), null);
      await leave(port, head("CONNECT refused:1"), null);
      const through = { say: head("GET /through", "Connection: close"), hear: /plain$/ };
      await leave(port, head(`CONNECT 127.0.0.1:${port}`), through);
      const open = new RawClient(port);
      open.say(head("GET /raw?open", ...upgrade));
      await open.hears(/\r\n\r\n/);
      await ask(port, "/exit");
    });
    assert.equal(run.code, 0);
    checkLaws(run);
    const told = run.index.map(({ method, url, status, bytes, outcome }) =>
      `${method} ${url} ${status} ${bytes} ${outcome}`.replace(String(port), "own")
    );
    assert.deepEqual(told.sort(), [
      "CONNECT 127.0.0.1:own 200 0 finished",
      "CONNECT refused:1 407 0 finished",
      "GET /chat/a 101 0 finished",
      "GET /chat/b?x=1 101 0 finished",
      "GET /chat/c 101 0 finished",
      "GET /dropped 0 0 aborted",
      "GET /exit 200 5 finished",
      "GET /later/d 101 0 finished",
      "GET /raw 101 0 finished",
      "GET /raw?open 101 0 finished",
      "GET /refused 401 0 finished",
      "GET /response 403 9 finished",
      "GET /through 200 5 finished",
      "TUNNEL 127.0.0.1:own 200 99 finished",
      "UPGRADE /raw 101 5 finished",
      "UPGRADE /raw?open 101 0 unfinished",
      "WEBSOCKET /chat/a 101 64 finished",
      "WEBSOCKET /chat/b?x=1 101 64 finished",
      "WEBSOCKET /chat/c 101 60 aborted",
      "WEBSOCKET /later/d 101 64 finished",
    ]);

    checkSamples(run);
  });
}

for (const runtime of await runtimes()) {
  if (runtime.kind !== "deno") continue;
  profiles({ group: "Deno.serve", name: "Deno.upgradeWebSocket" }, runtime, async () => {
    const command = [runtime.path, "run", "-A", appPath("deno_websocket.ts")];
    const run = await profiled(command, async (started) => {
      const port = Number((await started.printed(/port (\d+)/))[1]);
      await Promise.all(
        ["/chat/a", "/chat/b", "/chat/c", "/chat/d"].map((path, i) =>
          chat(port, path, { messages: 10, last: i % 2 === 0 ? "" : "close" })
        ),
      );
      // The sockets have told their clients that they close, not yet all of themselves.
      assert.equal((await ask(port, "/closed")).body, "4");
      started.kill("SIGTERM");
    });
    assert.equal(run.code, 0, run.stderr);
    checkLaws(run);
    const told = run.index.filter(({ url }) => url !== "/closed").map(({ method, url, status, outcome }) =>
      `${method} ${url} ${status} ${outcome}`
    );
    const expected = ["a", "b", "c", "d"].flatMap((name) => [
      `GET /chat/${name} 101 finished`,
      `WEBSOCKET /chat/${name} 101 finished`,
    ]);
    assert.deepEqual(told.sort(), expected.sort());
    checkSamples(run);
  });
}
