/**
 * What a server that is profiled notices of an open page (`--ui`): the CPU of its process for each request with a page open in a
 * browser and without one, in turn in one run, paired. Prints each ratio (open to closed) and their median, and the wrapper's own CPU. Linux only.
 *
 *     deno run -A test/bench/open_page.ts [--pairs 8] [--seconds 5] [--rate 100]
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { medianOf } from "../../src/analysis/statistics.ts";
import { chromium } from "../support/browser.ts";
import { appPath, ask, forms, Started } from "../support/profiled.ts";
import { launchBrowser, watchedPage } from "../support/viewed.ts";

const { values } = parseArgs({
  options: {
    pairs: { type: "string", default: "8" },
    seconds: { type: "string", default: "5" },
    rate: { type: "string", default: "100" },
  },
});
const [pairs, seconds, rate] = [Number(values.pairs), Number(values.seconds), Number(values.rate)];

/** CPU of a process until now, all its threads that still run, in microseconds. */
function cpuOf(pid: number): number {
  const tasks = `/proc/${pid}/task`;
  return readdirSync(tasks).reduce((sum, it) => {
    return sum + Number(readFileSync(`${tasks}/${it}/schedstat`, "utf8").split(" ")[0]) / 1000;
  }, 0);
}

/** Steady requests; gives the CPU for each, of the server and of the wrapper. */
async function costs(port: number, ...pids: readonly number[]): Promise<number[]> {
  const before = pids.map(cpuOf);
  const begin = performance.now();
  const count = rate * seconds;
  for (let sent = 0; sent < count; sent++) {
    const due = begin + sent * 1000 / rate - performance.now();
    if (due > 0) await new Promise((resolve) => setTimeout(resolve, due));
    await ask(port, "/quiet");
  }
  return pids.map((pid, i) => (cpuOf(pid) - before[i]!) / count);
}

const name = chromium();
if (name === undefined) throw new Error("Cannot measure: there is no chromium on the PATH");
const directory = mkdtempSync(join(tmpdir(), "profsrv-bench-"));
const browser = await launchBrowser(name);
const options = ["--ui", "--prof-path", directory, "--", "node", appPath("viewed.cjs")];
const started = new Started([...forms.executable, ...options], { env: { CI: "1" } });
try {
  const [address] = await started.printed(/http:\/\/127\.0\.0\.1:\d+\/#secret=\S+/, "stderr");
  const [, port, server] = await started.printed(/port (\d+), process (\d+)/);
  const measure = () => costs(Number(port), Number(server), started.child.pid!);
  const withPage = async () => {
    const { page, context } = await watchedPage(browser);
    await page.goto(address!);
    await page.locator(".list .body a").first().waitFor();
    await page.locator(".u-over").first().waitFor();
    const found = await measure();
    await context.close();
    return found;
  };
  await measure();
  const ratios: number[] = [];
  for (let pair = 0; pair < pairs; pair++) {
    const isOpenFirst = pair % 2 === 0;
    const first = await (isOpenFirst ? withPage() : measure());
    const second = await (isOpenFirst ? measure() : withPage());
    const [open, closed] = isOpenFirst ? [first, second] : [second, first];
    ratios.push(open[0]! / closed[0]!);
    const shown = [open, closed].map(([cpu, wrapper]) =>
      `${cpu!.toFixed(0)} µs (wrapper ${wrapper!.toFixed(0)})`
    );
    console.log(`open ${shown[0]}, closed ${shown[1]}: ${ratios.at(-1)!.toFixed(3)}`);
  }
  console.log(`median of ${pairs}: ${medianOf(ratios).toFixed(3)}`);
  started.kill("SIGTERM");
  await started.ended;
} finally {
  await browser.close();
  started.child.kill("SIGKILL");
  rmSync(directory, { recursive: true, force: true });
}
