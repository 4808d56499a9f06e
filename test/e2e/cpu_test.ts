/** The measured `cpu` of a request against the handler's own clock, and how often V8 takes samples of it. */
import assert from "node:assert/strict";
import { checkLaws, seenRun } from "../support/laws.ts";
import { appPath, ask, askAll, profiled, type Run } from "../support/profiled.ts";
import { runtimes } from "../support/runtimes.ts";

/**
 * On a busy machine the system may take the core away at any instant, also between the agent's reading of the clock
 * and the handler's: so one request in ten may be off by more.
 */
const TOLERANCE = 0.03;
const SHARE = 0.9;
/** Where the machine had more to do than that in one round, it must hold in so many more, each of them. */
const MORE_ROUNDS = 2;

/** By which part `cpu` of each request is above its handler's own time, in order. */
async function offBy(command: readonly string[], concurrency: number): Promise<number[]> {
  const paths = Array.from({ length: concurrency === 1 ? 40 : 80 }, (_, i) => `/${i}`);
  let own: Record<string, number> = {};
  const run = await profiled(command, async (started) => {
    const port = Number((await started.printed(/port (\d+)/))[1]);
    // The first requests also pay for compiling the runtime's own functions.
    await askAll(port, Array.from({ length: 1000 }, (_, i) => `/warm/${i}`), 4);
    await askAll(port, paths, concurrency);
    own = JSON.parse((await ask(port, "/own")).body);
    started.kill("SIGTERM");
  });
  checkLaws(run);
  return paths.map((path) => {
    const { cpu } = run.index.find(({ url }) => url === path)!;
    assert.ok(cpu >= own[path]! - 0.01, `${path}: ${cpu} ms are less than the handler's own ${own[path]} ms`);
    return cpu / own[path]! - 1;
  }).sort((a, b) => a - b);
}

function mostOf(off: readonly number[]): number {
  return off[Math.ceil(off.length * SHARE) - 1]!;
}

for (const { kind, version, path } of await runtimes()) {
  if (kind !== "node") continue;
  for (const concurrency of [1, 16]) {
    const many = concurrency === 1 ? "one at a time" : `${concurrency} at a time`;
    Deno.test(`cpu agrees within 3 % with the handler's own clock on node ${version}, ${many}`, async () => {
      const command = [path, appPath("clocked.cjs")];
      if (mostOf(await offBy(command, concurrency)) <= TOLERANCE) return;
      for (let round = 1; round <= MORE_ROUNDS; round++) {
        const off = await offBy(command, concurrency);
        assert.ok(
          mostOf(off) <= TOLERANCE,
          `off by ${off.map((it) => `${(it * 100).toFixed(2)} %`).join(", ")}`,
        );
      }
    });
  }
  for (const args of [[], ["watched"], ["watched-later"]]) {
    const where = args.length === 0 ? "" : `, where promises are ${args}`;
    Deno.test(`the event loop's sleep after an await is nobody's work on node ${version}${where}`, async () => {
      const paths = Array.from({ length: 12 }, (_, i) => `/${i}`);
      const run = await profiled([path, appPath("awaiting.cjs"), ...args], async (started) => {
        const port = Number((await started.printed(/port (\d+)/))[1]);
        // The first one pays for compiling.
        await ask(port, "/first");
        for (const path of paths) await ask(port, path);
        started.kill("SIGTERM");
      });
      checkLaws(run);
      const cpu = run.index.filter((it) => paths.includes(it.path)).map((it) => it.cpu).sort((a, b) => a - b);
      // Where the system takes the core away, that counts: it is not seen from within.
      assert.ok(cpu[9]! < 10, `cpu: ${cpu} ms of 80`);
      const blocked = run.index.filter((it) => paths.includes(it.path)).map((it) => it.blocked).sort((a, b) =>
        a - b
      );
      assert.ok(blocked[9]! < 20, `blocked: ${blocked} ms of 80`);
    });
  }
  /** Milliseconds of `/a`, `/b` and of who called back for them. */
  for (const [third, own] of Object.entries({ "/nested": [20, 20, 50], "/ticks": [100, 0, 100] })) {
    Deno.test(`what runs within the work of another request is its own on node ${version}, ${third}`, async () => {
      const run = await profiled([path, appPath("within.cjs")], async (started) => {
        const port = Number((await started.printed(/port (\d+)/))[1]);
        const waiting = ["/a", "/b"].map((it) => ask(port, it));
        while ((await ask(port, "/waiting")).body !== "2");
        await Promise.all([...waiting, ask(port, third)]);
        started.kill("SIGTERM");
      });
      checkLaws(run);
      const cpu = ["/a", "/b", third].map((path) => run.index.find(({ url }) => url === path)!.cpu);
      // What one has too much another lacks.
      assert.ok(cpu.every((it, i) => it >= own[i]!), `${cpu} ms for ${own}`);
    });
  }
  Deno.test(`the interval is the one asked for, on node ${version}`, async () => {
    const make = () =>
      profiled([path, appPath("http_cjs.cjs")], async (started) => {
        await ask(Number((await started.printed(/port (\d+)/))[1]), "/slow/1");
        started.kill("SIGTERM");
      }, { options: ["--interval", "200"] });
    const perMillisecond = ({ index: [slow] }: Run) => slow!.samples / slow!.cpu;
    const run = await seenRun(
      make,
      "more than two samples in a millisecond",
      (run) => perMillisecond(run) > 2,
    );
    assert.equal(run.record.interval, 200);
    assert.ok(perMillisecond(run) > 2, `${perMillisecond(run)} samples in a millisecond`);
  });
}
