/**
 * A long run: requests without a pause, some of them given up; 1,200 sockets that say something once a minute; 60 servers with
 * many source maps and 1,000 others, one after another. (So many in 20 minutes, in less time fewer.) The wrapper's memory must
 * stay flat and each request be in the index exactly once. Prints what it saw; ends with 1 where that does not hold.
 * usage: soak.ts [seconds [requests per second]] [-- command...]     PROFSRV=<path>: another profsrv than dist/profsrv
 */
import { createReadStream } from "node:fs";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import net from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { createInterface } from "node:readline";
import type { IndexEntry } from "../../src/store/entry.ts";
import { appPath, ask, forms, Started } from "../support/profiled.ts";
import { seededRandom } from "../support/random.ts";
import { type Fate, sendAll } from "./clients.ts";
import { cpuTimeOf, Memory } from "./memory.ts";

const WHOLE = 20 * 60;
/** What there is of each in 20 minutes. */
const [SOCKETS, MAPPED, PLAIN] = [1200, 60, 1000];
const MAPS = 150;
/** The wrapper's memory may be this much larger in the last third than in the first. */
const GROWTH = 1.1;
/** How long nothing is sent at the end, and how often the wrapper looks for messages meanwhile. */
const [QUIET, POLL] = [10_000, 50];

const separator = process.argv.indexOf("--");
const [duration = WHOLE, pace = 100] = process.argv.slice(2, separator < 0 ? undefined : separator).map(
  Number,
);
const command = separator < 0 ? ["node", appPath("soak.cjs")] : process.argv.slice(separator + 1);
const profsrv = process.env["PROFSRV"] === undefined ? forms.executable : [process.env["PROFSRV"]];

/** How often each path is in the index: those that `sendAll` asks for, and the children's. */
async function countsIn(directory: string): Promise<Map<string, number>> {
  const counts = new Map<string, number>();
  for await (const line of createInterface({ input: createReadStream(join(directory, "index.ndjson")) })) {
    const { path } = JSON.parse(line) as IndexEntry;
    counts.set(path, (counts.get(path) ?? 0) + 1);
  }
  return counts;
}

/** One after another, evenly over the time; gives how many. */
async function runChildren(count: number, path: (n: number) => string): Promise<number> {
  const start = performance.now();
  let n = 0;
  for (; n < count; n++) {
    const wait = start + n * duration * 1000 / count - performance.now();
    if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait));
    if (performance.now() - start > duration * 1000) break;
    await ask(Number(port), path(n));
  }
  return n;
}

const directory = await mkdtemp(join(tmpdir(), "soak-"));
const own = ["--quiet", "--prof-path", directory, "--max-files", "2000"];
const started = new Started([...profsrv, ...own, "--", ...command]);
const [, port, pid] = await started.printed(/port (\d+) of (\d+)/);
const wrapperPid = started.child.pid!;
const [server, wrapper] = [new Memory(), new Memory()];

const sockets = Array.from({ length: SOCKETS }, (_, n) => {
  const socket = net.connect(Number(port), "127.0.0.1").on("error", () => {});
  socket.resume().write(`GET /idle/${n} HTTP/1.1\r\nHost: soak\r\n\r\n`);
  return socket;
});
const watch = setInterval(() => {
  void server.look(Number(pid));
  void wrapper.look(wrapperPid);
}, 2000);
const share = Math.min(1, duration / WHOLE);
const [fates, mapped, plain] = await Promise.all([
  sendAll({
    port: Number(port),
    pace,
    duration,
    givenUp: 0.1,
    givenUpEarly: 0.05,
    random: seededRandom(Date.now()),
  }),
  runChildren(Math.round(MAPPED * share), () => `/child/${MAPS}/exit`),
  // Every tenth is killed and says no goodbye.
  runChildren(Math.round(PLAIN * share), (n) => `/child/1/${n % 10 === 0 ? "killed" : "exit"}`),
]);
clearInterval(watch);
const before = await cpuTimeOf(wrapperPid);
await new Promise((resolve) => setTimeout(resolve, QUIET));
const perPoll = (await cpuTimeOf(wrapperPid) - before) / (QUIET / POLL);
for (const socket of sockets) socket.destroy();
started.kill("SIGTERM");
const { code, signal, stderr } = await started.ended;

const counts = await countsIn(directory);
const by = (fate: Fate) => [...fates].filter(([, it]) => it === fate).map(([path]) => path);
const sure = [...by("answered"), ...by("given up")];
const missing = sure.filter((path) => !counts.has(path));
const others = [...counts].filter(([path]) => !fates.has(path)).map(([path]) => path);
const twice = [...counts].filter(([path, count]) => count > 1 && fates.has(path));
const strange = others.filter((path) => !path.startsWith("/idle/") && !path.startsWith("/child"));
const record = JSON.parse(await readFile(join(directory, "run.json"), "utf8"));
const { first, last } = wrapper.thirds();

console.log(`${fates.size} requests in ${duration} s, ${(fates.size / duration).toFixed(0)} a second`);
for (const fate of ["answered", "given up", "given up early", "failed"] as const) {
  console.log(`  ${fate}: ${by(fate).length}`);
}
console.log(`${SOCKETS} sockets, ${mapped} servers with ${MAPS} maps, ${plain} others`);
console.log(
  `  in the index: ${others.filter((it) => it.startsWith("/idle/")).length} sockets, ${
    counts.get("/child") ?? 0
  } requests of these servers`,
);
console.log(`server: ${server}`);
console.log(`profsrv: ${wrapper}`);
console.log(
  `profsrv took ${
    perPoll.toFixed(2)
  } ms of a core for each poll, with ${record.totals.processes} processes seen`,
);
console.log(`index: ${[...counts.values()].reduce((sum, it) => sum + it, 0)} lines`);
console.log(`  answered or given up after it had begun, and missing: ${missing.length}`);
console.log(`  more than once: ${twice.length}; never asked for: ${strange.length}`);
console.log(
  `drops: ${JSON.stringify(record.drops)}; clamped: ${record.clamped}; cost: ${JSON.stringify(record.cost)}`,
);
console.log(`profsrv ended with ${code ?? signal}${stderr === "" ? "" : ` and said:\n${stderr}`}`);
await rm(directory, { recursive: true, force: true });
const isWrong = missing.length + twice.length + strange.length > 0 || !(last <= GROWTH * first);
process.exitCode = isWrong ? 1 : 0;
