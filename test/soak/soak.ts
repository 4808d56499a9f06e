/**
 * Hundreds of requests a second for minutes, some of them given up: memory must stay flat, and each request must be in
 * the index exactly once. Prints what it saw; ends with 1 if a request is missing or twice there.
 * usage: soak.ts [seconds [requests per second]] [-- command...]
 */
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createReadStream } from "node:fs";
import { createInterface } from "node:readline";
import process from "node:process";
import type { IndexEntry } from "../../src/collector/entry.ts";
import { appPath, forms, Started } from "../support/profiled.ts";
import { seededRandom } from "../support/random.ts";
import { residentOf } from "../support/resident.ts";
import { type Fate, sendAll } from "./clients.ts";

const WARM_UP = 15;

const separator = process.argv.indexOf("--");
const [duration = 60, pace = 500] = process.argv.slice(2, separator < 0 ? undefined : separator).map(Number);
const command = separator < 0 ? ["node", appPath("soak.cjs")] : process.argv.slice(separator + 1);

class Memory {
  readonly seen: number[] = [];

  async look(pid: number): Promise<void> {
    this.seen.push(await residentOf(pid));
  }

  toString(): string {
    const [first = NaN, last = NaN] = [this.seen[0], this.seen.at(-1)];
    const middle = this.seen[Math.floor(this.seen.length / 2)] ?? NaN;
    return [["first", first], ["middle", middle], ["last", last], ["max", Math.max(...this.seen)]]
      .map(([name, value]) => `${name} ${(value as number).toFixed(1)}`).join(", ") + " MiB";
  }
}

/** How often each path is in the index. */
async function countsIn(directory: string): Promise<Map<string, number>> {
  const counts = new Map<string, number>();
  for await (const line of createInterface({ input: createReadStream(join(directory, "index.ndjson")) })) {
    const { path } = JSON.parse(line) as IndexEntry;
    counts.set(path, (counts.get(path) ?? 0) + 1);
  }
  return counts;
}

const directory = await mkdtemp(join(tmpdir(), "soak-"));
const own = ["--quiet", "--prof-path", directory, "--max-files", "2000"];
const started = new Started([...forms.executable, ...own, "--", ...command]);
const [, port, pid] = await started.printed(/port (\d+) of (\d+)/);
const [server, wrapper] = [new Memory(), new Memory()];
const watch = setInterval(() => {
  void server.look(Number(pid));
  void wrapper.look(started.child.pid!);
}, 5000);
const warm = setTimeout(() => {
  server.seen.length = wrapper.seen.length = 0;
}, WARM_UP * 1000 - 100);

const fates = await sendAll({
  port: Number(port),
  pace,
  duration,
  givenUp: 0.1,
  givenUpEarly: 0.05,
  random: seededRandom(Date.now()),
});
clearInterval(watch);
clearTimeout(warm);
started.kill("SIGTERM");
const { code, signal, stderr } = await started.ended;

const counts = await countsIn(directory);
const by = (fate: Fate) => [...fates].filter(([, it]) => it === fate).map(([path]) => path);
const sure = [...by("answered"), ...by("given up")];
const missing = sure.filter((path) => !counts.has(path));
const twice = [...counts].filter(([, count]) => count > 1);
const strange = [...counts.keys()].filter((path) => !fates.has(path));
const record = JSON.parse(await readFile(join(directory, "run.json"), "utf8"));

console.log(`${fates.size} requests in ${duration} s, ${(fates.size / duration).toFixed(0)} a second`);
for (const fate of ["answered", "given up", "given up early", "failed"] as const) {
  console.log(`  ${fate}: ${by(fate).length}`);
}
console.log(`server: ${server}, after ${WARM_UP} s`);
console.log(`profsrv: ${wrapper}`);
console.log(`index: ${[...counts.values()].reduce((sum, it) => sum + it, 0)} lines`);
console.log(`  answered or given up after it had begun, and missing: ${missing.length}`);
console.log(`  more than once: ${twice.length}; never asked for: ${strange.length}`);
console.log(`drops: ${JSON.stringify(record.drops)}; cost: ${JSON.stringify(record.cost)}`);
console.log(`profsrv ended with ${code ?? signal}${stderr === "" ? "" : ` and said:\n${stderr}`}`);
await rm(directory, { recursive: true, force: true });
process.exitCode = missing.length + twice.length + strange.length > 0 ? 1 : 0;
