/** `--serial`: who waits beside a request that asks its own server, and beside one that nobody may answer. */
import assert from "node:assert/strict";
import { appPath, ask, profiled, type Run, type Started } from "../support/profiled.ts";
import { head, RawClient } from "../support/raw_client.ts";
import { type Runtime, runtimes } from "../support/runtimes.ts";

const commandOf = ({ kind, path }: Runtime, app: string) =>
  kind === "node" ? [path, appPath(app)] : [path, "run", "-A", appPath(app)];

const besideIn = ({ index }: Run) => index.filter(({ beside }) => beside).map(({ path }) => path).sort();

async function strangersWait(started: Started): Promise<void> {
  const [, at, socketPath] = await started.printed(/port (\d+) path (.*)\./);
  const port = Number(at);
  const held = ask(port, "/hold");
  const [, from] = await started.printed(/from (\d+)\./);
  const same = ask(port, "/stranger", { localAddress: "127.0.0.9", localPort: Number(from) });
  assert.equal((await same).body, "held: false", "its port is that of a connection to another server");
  await held;
  const again = ask(port, "/hold/path");
  await started.printed(/from \d+\.[^]*from \d+\./);
  const early = Array.from({ length: 4 }, () => ask(port, "/stranger", { socketPath }));
  await started.printed(/answered\.[^]*answered\./);
  const late = Array.from({ length: 4 }, () => ask(port, "/stranger", { socketPath }));
  for (const { body } of await Promise.all([...early, ...late])) {
    assert.equal(body, "held: false", "by the path");
  }
  await again;
  started.kill("SIGTERM");
}

async function rejectionsEndTurns(started: Started): Promise<void> {
  const port = Number((await started.printed(/port (\d+)/))[1]);
  const floats = ask(port, "/floats");
  await started.printed(/took \/floats\./);
  assert.equal((await ask(port, "/")).body, "beside 0", "it goes on, and the next one waits");
  assert.equal((await floats).body, "beside 0");
  const rejects = new RawClient(port);
  rejects.say(head("GET /rejects"));
  await started.printed(/took \/rejects\./);
  const began = performance.now();
  assert.equal((await ask(port, "/")).body, "beside 0");
  assert.ok(performance.now() - began < 4000, "long before it would count as a request that waits");
  rejects.socket.destroy();
  await rejects.closed;
  started.kill("SIGTERM");
}

const tested = await runtimes();
for (const runtime of tested) {
  const name = `${runtime.kind} ${runtime.version}`;
  Deno.test(`a stranger waits, whatever its port or path is and whoever's promises are rejected, on ${name}`, async () => {
    const run = await profiled(commandOf(runtime, "stranger.cjs"), strangersWait, { options: ["--serial"] });
    assert.deepEqual(besideIn(run), ["/hold", "/hold/path", "/inner", "/inner"]);
    assert.doesNotMatch(run.stderr, /agent reports: (?!this server asks itself)/);
  });

  Deno.test(`a request of which a promise was rejected has its turn while it runs, on ${name}`, async () => {
    const run = await profiled(commandOf(runtime, "rejecting.cjs"), rejectionsEndTurns, {
      options: ["--serial"],
    });
    assert.deepEqual(besideIn(run), ["/", "/rejects"]);
    assert.match(run.stderr, /agent reports: a promise of a request was rejected/);
  });
}
