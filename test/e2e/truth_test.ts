/** What a run says when it ends without profiles: the true cause. */
import assert from "node:assert/strict";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import process from "node:process";
import { appPath, ask, profiled, type ProfiledOptions, type Run, type Started } from "../support/profiled.ts";
import { runtimes } from "../support/runtimes.ts";

const windows = process.platform === "win32";
const LISTEN = "require('http').createServer().listen(";

/** What a run said of why there is nothing. */
function reason({ stderr }: Run): string | undefined {
  return /^profsrv: nothing was profiled: (.*)\.$/m.exec(stderr)?.[1];
}

for (const { kind, version, path } of await runtimes()) {
  if (kind === "deno") continue;
  const evaluate = (script: string) => profiled([path, "-e", script], async () => {});
  Deno.test(
    `a server that could not listen, was killed, or got no request: each is said, on ${kind} ${version}`,
    {
      ignore: windows,
    },
    async () => {
      const taken = createServer().listen(0, "127.0.0.1");
      await new Promise((resolve) => taken.once("listening", resolve));
      const { port } = taken.address() as AddressInfo;
      try {
        const inUse = await evaluate(`${LISTEN}${port}, "127.0.0.1")`);
        assert.match(reason(inUse) ?? inUse.stderr, /^a server was about to listen, but could not: /);
        assert.equal(inUse.code, 1);
      } finally {
        taken.close();
      }
      const killed = await evaluate(`${LISTEN}0); process.kill(process.pid, "SIGKILL")`);
      assert.match(
        reason(killed) ?? killed.stderr,
        /^a server (?:was killed before it could tell|listened, but)/,
      );
      const early = await evaluate(`process.kill(process.pid, "SIGKILL")`);
      assert.equal(reason(early), "the command was killed before a server listened");
      const short = await evaluate(`${LISTEN}0, () => process.exit(3))`);
      assert.deepEqual([reason(short), short.code], ["a server listened, but no request came", 3]);
    },
  );
}

for (const { version, path } of (await runtimes()).filter(({ kind }) => kind === "deno")) {
  Deno.test(`a server whose port is taken is said not to listen, on deno ${version}`, async () => {
    const taken = createServer().listen(0, "127.0.0.1");
    await new Promise((resolve) => taken.once("listening", resolve));
    const { port } = taken.address() as AddressInfo;
    try {
      const serve = `Deno.serve({ port: ${port}, hostname: "127.0.0.1" }, () => new Response())`;
      const node = `(await import("node:http")).createServer().listen(${port}, "127.0.0.1")`;
      // Before 2.7 a server of node:http says that it listens before it does.
      for (const script of [serve, ...(Number(version.split(".")[1]) < 7 ? [] : [node])]) {
        const run = await profiled(
          [path, "run", "-A", `data:text/javascript,${encodeURIComponent(script)}`],
          async () => {},
        );
        assert.match(reason(run) ?? run.stderr, /^a server was about to listen, but could not: .*EADDRINUSE/);
        assert.equal(run.code, 1);
      }
    } finally {
      taken.close();
    }
  });
}

/** Runs a server with options and asks it for paths. */
function asked(paths: readonly string[], options: ProfiledOptions): Promise<Run> {
  return profiled(["node", appPath("http_cjs.cjs"), "--quiet"], async (started) => {
    const port = Number((await started.printed(/port (\d+)/))[1]);
    for (const path of paths) await ask(port, path);
    started.kill("SIGTERM");
  }, options);
}

Deno.test("which option left how many requests out is said at the end, and stands in run.json", {
  ignore: windows,
}, async () => {
  const all = await asked(["/a", "/b"], { options: ["--only", "["] });
  assert.match(all.stderr, /^No profile was written: --only left out all 2 requests\.$/m);
  assert.deepEqual(all.record.leftOut, { only: 2 });
  assert.match(
    all.stderr,
    /^profsrv: --quiet stands behind the command, so it goes to the command; profsrv's own options stand before it$/m,
  );
  const some = await asked(["/user/1", "/user/2", "/user/me", "/c"], {
    options: ["--only", "GET /user/:id"],
    env: { PROFSRV_OPTIONS: "--kcachegrind --sample 50%" },
  });
  assert.match(some.stderr, /^Without a profile: --only left out 2 requests, --sample 1\.$/m);
  assert.equal(some.files.length, 1);
  assert.match(some.files[0]!, /^callgrind\.out\.user\.2\.\d{6}ms\.\d+\.callgrind$/);
});

/** Stays at the first two SIGINT. */
const STAYS = `
require("http").createServer((request, response) => response.end()).listen(0, () => console.log("ready"));
process.on("SIGINT", () => console.log("got SIGINT"));
`;

Deno.test("who interrupts a server again that handles the signal itself is told what ends it", {
  ignore: windows,
}, async () => {
  await profiled(["node", "-e", STAYS], async (started: Started) => {
    await started.printed(/ready/);
    started.kill("SIGINT");
    await started.printed(/got SIGINT/);
    assert.ok(!started.stderr.includes("handles"), "once may be enough");
    started.kill("SIGINT");
    const [, pid, kill] = await started.printed(
      /^profsrv: process (\d+) handles SIGINT itself and has not ended; kill (\d+) ends it$/m,
      "stderr",
    );
    assert.equal(pid, kill);
    process.kill(Number(kill), "SIGTERM");
    const { signal } = await started.ended;
    assert.equal(signal, "SIGTERM");
    assert.equal(started.stderr.match(/handles SIGINT/g)?.length, 1);
  });
});
