import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { promisify } from "node:util";
import { agentPart } from "../../build/bundling.ts";
import { runtime } from "../../build/runtimes.ts";
import { can, type Capability } from "../../src/agent/capabilities.ts";
import { type Runtime, runtimes } from "../support/runtimes.ts";

type Name = keyof typeof can;
const rows = Object.entries(can) as [Name, Capability][];

/** What was seen on these releases; the table in the sources says the same of all others. */
const seen: Readonly<Record<string, readonly Name[]>> = {
  "node 18.20.8": ["tellSleep"],
  "node 20.18.3": ["rememberCollected", "tellSleep", "tellIterations"],
  "node 20.20.2": ["surviveHooksWithoutStack", "rememberCollected", "tellSleep", "tellIterations"],
  "node 22.12.0": ["rememberCollected", "tellSleep", "tellIterations", "keepCompiled"],
  "node 22.23.3": [
    ...[
      "leaveOutPromises",
      "surviveHooksWithoutStack",
      "rememberCollected",
      "tellSleep",
      "tellIterations",
    ] as const,
    "keepCompiled",
  ],
  "node 24.21.0": [
    ...["keepContextsInFrames", "leaveOutPromises", "surviveHooksWithoutStack", "startCpuProfile"] as const,
    ...["rememberCollected", "tellSleep", "tellIterations", "keepCompiled"] as const,
  ],
  "node 26.10.0": [
    ...["keepContextsInFrames", "leaveOutPromises", "surviveHooksWithoutStack", "startCpuProfile"] as const,
    ...[
      "chooseInterval",
      "startHeapProfile",
      "rememberCollected",
      "tellSleep",
      "tellIterations",
      "keepCompiled",
    ] as const,
  ],
  "deno 2.5.7": ["rememberCollected", "reachCore", "tellClosing"],
  "deno 2.7.14": ["rememberCollected", "reachCore", "tellTimers", "runNodesHttp", "tellClosing"],
  "deno 2.9.6": [
    ...[
      "rememberCollected",
      "reachCore",
      "tellTimers",
      "tellResources",
      "runNodesHttp",
      "signalItself",
      "tellClosing",
    ] as const,
    ...["lookUpHeader", "warnOfAbort"] as const,
  ],
};

/** Whether this version can do what others can since these releases, one of each line. */
function isSince(since: readonly string[], version: string): boolean {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  const lines = since.map((it) => it.split(".").map(Number));
  const own = lines.find(([line]) => line === major);
  return own === undefined ? lines.length > 0 && lines.at(-1)![0]! < major : own[1]! <= minor;
}

/** What the table says of a release. */
function told(kind: Runtime["kind"], version: string): Name[] {
  return rows.filter(([, row]) => isSince(row[kind] ?? [], version)).map(([name]) => name);
}

Deno.test("the table of capabilities says what was seen on the releases that the tests run on", () => {
  for (const [release, names] of Object.entries(seen)) {
    const [kind, version] = release.split(" ") as [Runtime["kind"], string];
    assert.deepEqual(told(kind, version), names, release);
  }
});

Deno.test("a line that is not listed has what all lines before it have, if it is newer than the last one", () => {
  const since = ["20.18", "22.8"];
  const has = ["18.20.8", "20.17.9", "20.18.0", "21.9.0", "22.7.9", "22.10.0", "23.0.0", "30.1.0"]
    .map((it) => isSince(since, it));
  assert.deepEqual(has, [false, false, true, false, false, true, true, true]);
  assert.equal(isSince([], "30.1.0"), false);
});

/** The last releases before some capability. */
async function olderNodes(): Promise<Runtime[]> {
  if (process.env["MATRIX"] !== "all") return [];
  const found: Runtime[] = [];
  for (const version of ["20.18.3", "22.12.0"]) {
    const path = await runtime({ kind: "node", version });
    if (path !== undefined) found.push({ kind: "node", version, path });
  }
  return found;
}

const here = [...await runtimes(), ...await olderNodes()];

Deno.test("the probes find on each runtime what the table says", async (t) => {
  const directory = await mkdtemp(join(tmpdir(), "profsrv-capabilities-"));
  try {
    const file = join(directory, "probe.cjs");
    await writeFile(file, await agentPart("test/apps/capabilities.ts"));
    for (const { kind, version, path } of here) {
      await t.step(`${kind} ${version}`, async () => {
        const args = kind === "deno" ? ["run", "-A", file] : [file];
        const { stdout } = await promisify(execFile)(path, args);
        const { runtimeName, found } = JSON.parse(stdout) as {
          runtimeName: string;
          found: Record<string, boolean>;
        };
        assert.equal(runtimeName, `${kind} ${version}`);
        assert.deepEqual(rows.map(([name]) => name).filter((name) => found[name]), told(kind, version));
        const asked = rows.filter(([, row]) => row[kind] !== undefined).map(([name]) => name);
        assert.deepEqual(Object.keys(found).sort(), asked.sort());
      });
    }
  } finally {
    await rm(directory, { recursive: true });
  }
});
