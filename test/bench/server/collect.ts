/**
 * What is measured by `wrapper.ts`: collects a recorded spool as a run does, files and all, once to warm up and then again and again.
 * Prints the microseconds of CPU for each request of the cheapest of these rounds, and what one left in a directory.
 *
 *     node collect.mjs SPOOL AGENT KEPT DIRECTORY [rounds, 3]
 *
 * KEPT is how many profile files are kept at most; 0: none is even asked for.
 */
import { cpSync, mkdirSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { addRequest, emptyTable } from "../../../src/analysis/routes.ts";
import { RequestLines } from "../../../src/cli/request_lines.ts";
import { EVERYTHING } from "../../../src/collector/request_filter.ts";
import { Run } from "../../../src/collector/run.ts";
import { formats } from "../../../src/formats/mod.ts";
import { parseTemplate, STANDARD_REDACTION } from "../../../src/naming/mod.ts";

const [spool = "", agentPath = "", kept = "0", directory = "", rounds = "3"] = process.argv.slice(2);

/** Collects what was recorded as if so many processes had told it. */
async function collect(copies: number): Promise<{ requests: number; cpu: number }> {
  const inbox = `${directory}.inbox`;
  for (const it of [directory, inbox]) rmSync(it, { recursive: true, force: true });
  mkdirSync(directory, { recursive: true });
  mkdirSync(join(inbox, "recorded"), { recursive: true });
  for (const name of readdirSync(spool)) {
    for (let copy = 0; copy < copies; copy++) {
      cpSync(join(spool, name), join(inbox, "recorded", name.replace(/\.(\d+)\.spool$/, `${copy}.$1.spool`)));
    }
  }
  const table = emptyTable();
  const lines = new RequestLines({
    paint: (_, text) => text,
    width: () => 80,
    known: (id) => table.culprits.known(id),
    say: () => {},
    now: Date.now,
  });
  const before = process.cpuUsage();
  const run = new Run({
    directory,
    run: "recorded",
    spool: inbox,
    inbox: join(inbox, "recorded"),
    agentPath,
    template: parseTemplate("{path}.{duration:06d}ms.{time}"),
    formats: formats.slice(0, 1),
    filter: { ...EVERYTHING, sample: Number(kept) === 0 ? 0 : 1 },
    maxFiles: Number(kept),
    maxSize: 2 ** 30,
    interval: 1000 as never,
    redaction: STANDARD_REDACTION,
    command: ["node", "server.js"],
    version: "bench",
    startedOn: 0 as never,
    onRequests(entries) {
      for (const entry of entries) addRequest(table, entry);
      lines.add(entries);
    },
    onListening: () => {},
    onRaise: () => {},
    onSpoolGone: () => false,
    onNotice: (text) => console.error(text),
    onDebug: () => {},
  });
  await run.drain(async () => {
    for (const _ of run.work());
  });
  const { requests } = await run.close({ code: 0 });
  const { user, system } = process.cpuUsage(before);
  lines.flush();
  rmSync(inbox, { recursive: true });
  return { requests, cpu: (user + system) / requests };
}

/** The start and the end of a run are the smaller part of it where it has more requests than these. */
const ENOUGH = 100_000;

const first = await collect(1);
const copies = Math.ceil(ENOUGH / first.requests);
const warm: number[] = [];
for (let round = 0; round < Number(rounds); round++) warm.push((await collect(copies)).cpu);
const { rss } = process.memoryUsage();
console.log(JSON.stringify({ requests: first.requests, first: first.cpu, warm: Math.min(...warm), rss }));
