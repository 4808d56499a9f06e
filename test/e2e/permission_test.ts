/** Node's permission model: what of a server it lets profsrv record, and what the server may do then. */
import assert from "node:assert/strict";
import { absent, profiles, tells } from "../support/compatibility.ts";
import { checkLaws } from "../support/laws.ts";
import { appPath, ask, askAll, type Ended, profiled, Started } from "../support/profiled.ts";
import { type Runtime, runtimes } from "../support/runtimes.ts";

const major = ({ version }: Runtime) => Number(version.split(".")[0]);
const row = { group: "Ways to start Node", name: "node --permission" } as const;

const LET_IN =
  /^profsrv: Node's permission model is on: the command also may read "[^"]+", and read and write "[^"]+"\.$/m;

async function portOf(started: Started): Promise<number> {
  return Number((await started.printed(/port (\d+)/))[1]);
}

async function useHello(started: Started): Promise<void> {
  assert.equal((await ask(await portOf(started), "/")).body, "hello\n");
  started.kill("SIGTERM");
}

for (const node of await runtimes()) {
  if (node.kind !== "node") continue;
  if (major(node) < 20) {
    absent(row, node);
    continue;
  }
  // Node 26 has permissions for the network, too.
  const net = major(node) >= 26 ? ["--allow-net"] : [];
  const restricted = (...flags: string[]) => [node.path, ...flags, ...net, "--no-warnings"];
  const [restrict, reason] = major(node) === 20
    ? ["--experimental-permission", /^profsrv: .* shuts the profiler out, --permission of Node 24\.12 .*\.$/m]
    : ["--permission", /^profsrv: .* cannot be profiled: .* shuts the profiler out; Node 24\.12 .*$/m];

  if (major(node) < 24) {
    tells(row, node, async () => {
      const command = [...restricted(restrict as string, "--allow-fs-read=*"), appPath("hello.cjs")];
      const run = await profiled(command, useHello);
      assert.deepEqual([run.signal, run.index], ["SIGTERM", []]);
      assert.match(run.stderr, reason as RegExp);
    });
    continue;
  }

  profiles(row, node, async () => {
    const script = `
      const { permission } = process;
      console.log(JSON.stringify(["fs.read", "fs.write", "child", "worker", "inspector"].map((it) => permission.has(it))));
      console.log(JSON.stringify(["/etc/passwd", "/tmp"].map((it) => permission.has("fs.write", it))));
      const used = () => process.cpuUsage().user + process.cpuUsage().system;
      const server = require("http").createServer((q, r) => {
        for (const until = used() + 60_000; used() < until;);
        r.end("hello");
      });
      server.listen(0, "127.0.0.1", () => console.log("port " + server.address().port));
    `;
    const command = [...restricted("--permission"), "-e", script];
    const use = async (started: Started) => {
      await askAll(await portOf(started), ["/1", "/2", "/3"], 3);
      started.kill("SIGTERM");
    };
    const alone = new Started(command);
    await use(alone);
    const run = await profiled(command, use);
    const stable = ({ signal, stdout }: Ended) => [signal, stdout.replace(/port \d+/, "")];
    assert.deepEqual(stable(run), stable(await alone.ended));
    assert.deepEqual([run.index.length, run.files.length], [3, 3]);
    for (const { path, samples } of run.index) assert.ok(samples > 0, `${path} has no samples`);
    checkLaws(run);
    assert.match(run.stderr, LET_IN);
  });

  Deno.test(`a finer interval needs --allow-inspector under --permission, node ${node.version}`, async () => {
    const options = ["--interval", "250"];
    const refused = [...restricted("--permission", "--allow-fs-read=*"), appPath("hello.cjs")];
    const without = await profiled(refused, useHello, { options });
    assert.deepEqual([without.signal, without.index], ["SIGTERM", []]);
    assert.match(without.stderr, /cannot be profiled: .*; --interval 1000 or --allow-inspector lets it in$/m);

    const allowed = [
      ...restricted("--permission", "--allow-inspector", "--allow-fs-read=*"),
      appPath("hello.cjs"),
    ];
    const run = await profiled(allowed, useHello, { options });
    assert.deepEqual([run.signal, run.index.length], ["SIGTERM", 1]);
  });
}
