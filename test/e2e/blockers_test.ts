/** Who held up whom, as the index, the profiles and the summary say it. */
import assert from "node:assert/strict";
import type { IndexEntry } from "../../src/store/entry.ts";
import { checkLaws, type CpuProfile, functionsOf, selfTimes } from "../support/laws.ts";
import { appPath, ask, contentOf, profiled, type Run } from "../support/profiled.ts";
import { runtimes } from "../support/runtimes.ts";

const TRACE = "0af7651916cd43dd8448eb211c80319c";

function profileOf(run: Run, file: string): CpuProfile {
  return JSON.parse(contentOf(run, file)) as CpuProfile;
}

/** The time for which a blocker held a request up, 0 if it did not. */
function heldBy({ blockers = [] }: IndexEntry, id: string): number {
  return blockers.find((it) => it.id === id)?.ms ?? 0;
}

for (const runtime of await runtimes()) {
  const command = [runtime.path, ...(runtime.kind === "deno" ? ["run", "-A"] : []), appPath("blocking.cjs")];

  Deno.test(`blockers are named, requests and others, exact to 2 ms, ${runtime.kind} ${runtime.version}`, async () => {
    const computed = { hog: 0, later: 0 };
    const run = await profiled(command, async (server) => {
      const port = Number((await server.printed(/port (\d+)/))[1]);
      // Warm: what is done for the first time takes time of its own.
      await Promise.all(["/hog", "/late", "/after"].map((path) => ask(port, path)));
      await server.printed(/later [\d.]+/);
      for (const [culprit, name] of [["/hog", "hog"], ["/after", "later"]] as const) {
        const seen = server.stdout.length;
        const headers = { traceparent: `00-${TRACE}-b7ad6b7169203331-01` };
        const victim = ask(port, "/victim", { headers });
        await server.printed(new RegExp(`^[^]{${seen},}victim\n`));
        const answer = ask(port, culprit);
        await server.printed(new RegExp(`^[^]{${seen},}${name} begins`));
        await Promise.all([victim, answer, ask(port, "/late")]);
        computed[name] = Number((await server.printed(new RegExp(`^[^]{${seen},}${name} ([\\d.]+)`)))[1]);
      }
      server.kill("SIGTERM");
    });
    checkLaws(run);
    const [byHog, byLater] = run.index.filter(({ path }) => path === "/victim");
    const hog = run.index.filter(({ path }) => path === "/hog").at(-1)!;
    const about = JSON.stringify([byHog, byLater, computed]);
    assert.ok(Math.abs(heldBy(byHog!, hog.id) - hog.cpu) <= 2, about);
    assert.ok(heldBy(byHog!, hog.id) >= computed.hog - 0.1, about);
    assert.equal(byHog!.blockers![0]!.id, hog.id, about);
    const outsideTime = heldBy(byLater!, "(outside requests)");
    // On a busy machine what comes after the measured part, and the window's turn, take some milliseconds.
    assert.ok(outsideTime >= computed.later - 0.1 && outsideTime <= computed.later + 20, about);
    assert.ok(byLater!.blocked >= outsideTime - 0.001, about);
    assert.deepEqual([byHog!.trace, hog.trace], [TRACE, null]);
    assert.ok(run.index.every((it) => it.run === run.record.run), "all are of this run");

    // A sample of the request's own may stand for half a millisecond more.
    const gaps = selfTimes(profileOf(run, byHog!.files[0]!));
    const held = heldBy(byHog!, hog.id) * 1000;
    assert.ok(Math.abs(gaps.get("(blocked by GET /hog)")! - held) <= 3000, JSON.stringify([held, ...gaps]));
    assert.ok(selfTimes(profileOf(run, byLater!.files[0]!)).has("(blocked by work outside requests)"));

    assert.equal(run.outside.length, 1, run.outside.join());
    const outside = profileOf(run, run.outside[0]!);
    assert.ok(functionsOf(outside).has("burnLater") && !functionsOf(outside).has("burnHog"));
    assert.match(run.outside[0]!, /^\(unattributed\)\.\d+ms\./);
    assert.match(run.stderr, /^Outside requests: \d+ ms, burnLater \(blocking\.cjs:\d+\)/m);
    const { after, outside: { functions } } = run.record;
    assert.ok(
      after["GET /after"] >= 160 - 2 && after["GET /after"] < 2 * byLater!.duration,
      JSON.stringify(after),
    );
    assert.equal(functions[0].function, "burnLater");
  });
}
