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

/** Others are told of a wait only where the request is read at once. */
function tellsIterations({ kind, version }: { readonly kind: string; readonly version: string }): boolean {
  return kind === "node" && !version.startsWith("18.");
}

for (const runtime of (await runtimes()).filter(tellsIterations)) {
  Deno.test(`a request that lies in its socket is said to have waited, ${runtime.version}`, async () => {
    const run = await profiled([runtime.path, appPath("blocking.cjs"), "queue"], async (server) => {
      const port = Number((await server.printed(/port (\d+)/))[1]);
      await ask(port, "/queue");
      // When this is answered, so is the one before it.
      await ask(port, "/last");
      server.kill("SIGTERM");
    });
    checkLaws(run);
    const of = (path: string) => run.index.find((it) => it.path === path)!;
    const about = JSON.stringify([of("/late"), of("/queue")]);
    assert.ok(of("/late").queued! >= 30, about);
    assert.equal(of("/late").queuedBy, of("/queue").id, about);
    assert.match(
      run.stderr,
      /"GET \/late HTTP\/1\.1" .* wait \(queued up to \d+\.\d ms before, by GET \/queue: burn\w+ blocking\.cjs:\d+\)/,
    );
  });
}

for (const { kind, version, path } of await runtimes()) {
  if (kind !== "node") continue;
  Deno.test(`a request that waits while the event loop sleeps is not held up, node ${version}`, async () => {
    const run = await profiled([path, appPath("sleeping.cjs")], async (server) => {
      const port = Number((await server.printed(/port (\d+)/))[1]);
      await ask(port, "/warm");
      await ask(port, "/");
      server.kill("SIGTERM");
    });
    checkLaws(run);
    const { blocked, duration } = run.index.find((it) => it.path === "/")!;
    assert.ok(blocked < duration / 4, `${blocked} of ${duration} ms`);
  });
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
    assert.ok(outsideTime >= computed.later - 0.1, about);
    assert.ok(byLater!.blocked >= outsideTime - 0.001, about);
    assert.deepEqual([byHog!.trace, hog.trace], [TRACE, null]);
    assert.ok(run.index.every((it) => it.run === run.record.run), "all are of this run");

    // A sample of the request's own may stand for some of it.
    const gap = selfTimes(profileOf(run, byHog!.files[0]!)).get("(blocked by GET /hog)")! / 1000;
    assert.ok(gap > 60 && gap <= heldBy(byHog!, hog.id) + 0.001, `${gap} ${about}`);
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
