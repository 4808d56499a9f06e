/**
 * What `profsrv view` takes for a run of many requests: how long until it answers first and until all is read, its memory,
 * and how long single answers take.
 *
 *     deno run -A test/bench/view.ts [--requests 1000000]
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { forms, Started } from "../support/profiled.ts";
import { makeLongRun } from "../support/long_run.ts";
import { residentOf } from "../support/resident.ts";
import { Viewing } from "../support/viewing.ts";

const { values } = parseArgs({ options: { requests: { type: "string", default: "1000000" } } });
const requests = Number(values.requests);
const directory = mkdtempSync(join(tmpdir(), "profsrv-bench-"));
const since = (start: number): string => `${Math.round(performance.now() - start)} ms`;
try {
  makeLongRun(directory, requests);
  const start = performance.now();
  const started = new Started([...forms.executable, "view", directory, "--no-open"]);
  const pid = started.child.pid!;
  const viewing = await Viewing.printedBy(started);
  console.log(`the address is printed after        ${since(start)}`);
  await viewing.ask("rows", { from: 0, count: 100 });
  await viewing.ask("timeline", { columns: 1000, lines: 100 });
  console.log(`the first rows and timeline after    ${since(start)}`);
  await viewing.until(({ read }) => read === 1);
  console.log(`all ${requests} requests are read after ${since(start)}`);
  console.log(`its memory then                      ${Math.round(await residentOf(pid))} MiB`);
  const time = async (what: string, action: () => Promise<unknown>): Promise<void> => {
    const began = performance.now();
    await action();
    console.log(`${what.padEnd(36)} ${since(began)}`);
  };
  await time("rows, newest first", () => viewing.ask("rows", { from: 0, count: 100 }));
  await time("the next rows of the same", () => viewing.ask("rows", { from: 100, count: 100 }));
  await time("rows by duration", () => viewing.ask("rows", { from: 0, count: 100, sort: "-duration" }));
  await time("rows by url", () => viewing.ask("rows", { from: 0, count: 100, sort: "url" }));
  await time("rows by cpu>20", () => viewing.ask("rows", { from: 0, count: 100, q: "cpu>20 status:5xx" }));
  await time("rows by a part of the url", () => viewing.ask("rows", { from: 0, count: 100, q: "items/77" }));
  await time("timeline", () => viewing.ask("timeline", { columns: 1000, lines: 100 }));
  await time("routes", () => viewing.ask("routes", {}));
  await time("one request", () => viewing.ask("request", { id: "1a2b3c4d-777" }));
  console.log(`its memory then                      ${Math.round(await residentOf(pid))} MiB`);
  started.kill("SIGINT");
  await started.ended;
} finally {
  rmSync(directory, { recursive: true, force: true });
}
