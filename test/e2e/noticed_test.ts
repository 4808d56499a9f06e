/** A server is noticed however it gets its connections: each of its requests is listed, the first one, too. */
import assert from "node:assert/strict";
import { askTogether, certificate } from "../support/http2_client.ts";
import { type CpuProfile, samplesUnder, seenRun } from "../support/laws.ts";
import { appPath, ask, contentOf, profiled, type Run } from "../support/profiled.ts";
import { head, RawClient } from "../support/raw_client.ts";
import { runtimes } from "../support/runtimes.ts";

/** As `test/apps/noticed.cjs` has them. */
const ways: readonly {
  readonly how: string;
  readonly speaks?: "https" | "http2";
  /** The oldest Node that tells of its streams. */
  readonly since?: number;
}[] = [
  { how: "plain" },
  { how: "assigned to http.Server.prototype" },
  { how: "defined on net.Server.prototype" },
  { how: "an accessor on net.Server.prototype" },
  { how: "called" },
  { how: "a server's own" },
  { how: "subclass", speaks: "https" },
  { how: "proxy" },
  { how: "another prototype" },
  { how: "a wrapped emit" },
  { how: "frozen prototypes", speaks: "http2" },
  { how: "a handle of its own" },
  { how: "beside another", speaks: "http2" },
  { how: "handed" },
  { how: "handed, https", speaks: "https" },
  { how: "handed, http2", speaks: "http2", since: 22 },
  { how: "handed, a stream" },
  { how: "handed to another process" },
  { how: "cluster" },
];

/** What nothing tells of where others listen. */
const unnoticed = [
  { how: "handed, http2", until: 20, ask: askHttp2 },
  { how: "handed, upgraded", until: Infinity, ask: askUpgrade },
] as const;

const paths = ["/slow/1", "/slow/2"];

async function askHttp2(port: number): Promise<void> {
  for (const { status } of await askTogether(port, paths)) assert.equal(status, 200);
}

async function askUpgrade(port: number): Promise<void> {
  const client = new RawClient(port);
  client.say(head("GET /", "Connection: Upgrade", "Upgrade: test"));
  await client.hears(/^HTTP\/1\.1 101 /);
  client.socket.destroy();
}

async function askBoth(port: number, speaks: "https" | "http2" | undefined): Promise<void> {
  if (speaks === "http2") {
    await askTogether(port, paths);
    return;
  }
  const secure = { protocol: "https:", ca: certificate, servername: "localhost" };
  for (const path of paths) {
    const { status } = await ask(port, path, speaks === "https" ? secure : {});
    assert.equal(status, 200);
  }
}

/** Requests whose profiles do not show their work. */
function unseen(run: Run): string[] {
  const isSeen = (file: string) =>
    samplesUnder(JSON.parse(contentOf(run, file)) as CpuProfile, "slowWork") > 0;
  return run.index.filter(({ files }) => !files.some(isSeen)).map(({ url }) => url);
}

for (const { kind, version, path } of await runtimes()) {
  if (kind !== "node") continue;
  for (const { how, speaks, since = 18 } of ways) {
    if (Number.parseInt(version) < since) continue;
    Deno.test(`a server is noticed (${how}) on node ${version}`, async () => {
      const make = () =>
        profiled([path, appPath("noticed.cjs"), how], async (started) => {
          await askBoth(Number((await started.printed(/port (\d+)/))[1]), speaks);
          started.kill("SIGTERM");
        });
      const run = await seenRun(make, "the work of each request", (run) => unseen(run).length === 0);
      assert.deepEqual(run.index.map(({ url }) => url).sort(), paths);
      for (const { url, outcome } of run.index) assert.equal(outcome, "finished", url);
      assert.deepEqual(unseen(run), [], "without samples of their work");
    });
  }
}

for (const { kind, version, path } of await runtimes()) {
  if (kind !== "node") continue;
  for (const { how, until, ask } of unnoticed) {
    if (Number.parseInt(version) > until) continue;
    Deno.test(`a server that is not noticed (${how}) runs as alone on node ${version}, which is said`, async () => {
      const run = await profiled([path, appPath("noticed.cjs"), how], async (started) => {
        await ask(Number((await started.printed(/port (\d+)/))[1]));
        started.kill("SIGTERM");
      });
      assert.equal(run.signal, "SIGTERM");
      assert.equal(run.index.length, 0);
      assert.match(run.stderr, /nothing was profiled: no server of node:http or Deno\.serve listened/);
    });
  }
}
