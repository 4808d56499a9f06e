/** What an application can see of profsrv: all that docs/traces.md says, and no more. */
import assert from "node:assert/strict";
import { seen } from "../support/compatibility.ts";
import { appPath, ask, type Ended, profiled, Started } from "../support/profiled.ts";
import { type Runtime, runtimes } from "../support/runtimes.ts";

const groups = ["When it starts", "While it serves"] as const;

/** By group and place: what is there, with its value. */
type Look = Record<typeof groups[number], Record<string, Record<string, unknown>>>;

async function lookOf(started: Started): Promise<Look> {
  const [, port] = await started.printed(/port (\d+)/);
  const { body } = await ask(Number(port), "/");
  started.kill("SIGTERM");
  return JSON.parse(body);
}

/** Notes what is not as alone; gives how many facts were compared. */
function compare(runtime: Runtime, bare: Look, under: Look): number {
  let count = 0;
  for (const group of groups) {
    const told = new Set<string>();
    for (const [place, alone] of Object.entries(bare[group])) {
      const facts = under[group][place]!;
      const names = new Set([...Object.keys(alone), ...Object.keys(facts)]);
      count += names.size;
      const different = [...names].filter((it) => alone[it] !== facts[it] && !told.has(it));
      seen({ group, name: place }, runtime, different.length === 0 ? "alone" : "other");
      for (const name of different) {
        told.add(name);
        const mark = !(name in alone) ? "added" : !(name in facts) ? "missing" : "other";
        seen({ group, name: `${place}: ${name}` }, runtime, mark);
      }
    }
  }
  return count;
}

/** Of which Node has told. */
function synchronousCalls({ stderr }: Ended): number {
  return stderr.match(/Detected use of sync API/g)?.length ?? 0;
}

for (const runtime of await runtimes()) {
  const { kind, version, path } = runtime;
  Deno.test(`what can be seen of profsrv on ${kind} ${version} is in the table`, async () => {
    const command = [path, ...(kind === "deno" ? ["run", "-A"] : ["--trace-sync-io"]), appPath("traces.mjs")];
    const started = new Started(command);
    const bare = await lookOf(started);
    const alone = await started.ended;
    let under: Look | undefined;
    const run = await profiled(command, async (it) => void (under = await lookOf(it)), {
      options: ["--quiet"],
    });
    assert.equal(run.index.length, 1);
    assert.ok(compare(runtime, bare, under!) > 2000);
    if (kind === "deno") return;
    const mark = synchronousCalls(run) === synchronousCalls(alone) ? "alone" : "other";
    seen({ group: "While it serves", name: "what `--trace-sync-io` prints" }, runtime, mark);
  });
}
