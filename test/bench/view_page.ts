/// <reference lib="dom" />
/**
 * What the page of `profsrv view` takes in a browser for a run of many requests: until the first rows are painted, tasks of
 * more than 50 ms while the list is scrolled, and the answer to a sort and a search. Of each task the processor's time, too:
 * on a machine that has other work a task takes longer than it works.
 *
 *     deno run -A test/bench/view_page.ts [--requests 100000]
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import type { Page } from "playwright-core";
import { chromium } from "../support/browser.ts";
import { BrowserTasks } from "../support/browser_tasks.ts";
import { makeLongRun } from "../support/long_run.ts";
import { launchBrowser, startView, watchedPage } from "../support/viewed.ts";

const { values } = parseArgs({ options: { requests: { type: "string", default: "100000" } } });
const name = chromium();
if (name === undefined) throw new Error("Cannot measure: there is no chromium on the PATH");
const directory = mkdtempSync(join(tmpdir(), "profsrv-bench-"));
const browser = await launchBrowser(name);
try {
  makeLongRun(directory, Number(values.requests));
  const { page, faults } = await watchedPage(browser);
  // A window that was just opened still loads parts of Chromium's own.
  await page.waitForTimeout(4000);
  const { started, address } = await startView(directory);
  await page.addInitScript(() => {
    const watcher = new MutationObserver(() => {
      if (document.querySelector(".list .body a") === null) return;
      watcher.disconnect();
      // The next frame paints them; what is set after that frame began runs when it is out.
      requestAnimationFrame(() =>
        setTimeout(() => Object.assign(globalThis, { paintedAt: performance.now() }))
      );
    });
    watcher.observe(document, { childList: true, subtree: true });
  });
  const tasks = await BrowserTasks.of(browser);
  await tasks.start();
  await page.goto(address);
  await page.waitForFunction(() => "paintedAt" in globalThis);
  const paint = await page.evaluate(() => (globalThis as unknown as { paintedAt: number }).paintedAt);
  console.log(`first rows painted after     ${paint.toFixed(0)} ms, long tasks: ${await longTasks(tasks)}`);
  await page.locator(".u-over").first().waitFor();
  await page.waitForTimeout(1000);
  await tasks.start();
  await scroll(page);
  console.log(`scrolled for 3 s, long tasks: ${await longTasks(tasks)}`);
  const time = async (what: string, action: () => Promise<unknown>): Promise<void> => {
    await tasks.start();
    const start = performance.now();
    await action();
    const took = performance.now() - start;
    console.log(`${what.padEnd(28)} ${took.toFixed(0)} ms, long tasks: ${await longTasks(tasks)}`);
  };
  await time("sorted by cpu", async () => {
    const before = await page.locator(".list .body").innerText();
    await page.getByRole("columnheader", { name: "cpu" }).getByRole("button").click();
    await page.waitForFunction(
      (it) => document.querySelector<HTMLElement>(".list .body")!.innerText !== it,
      before,
    );
  });
  await time("searched for status:5xx", async () => {
    await page.getByRole("searchbox").fill("status:5xx");
    await page.getByText(/ of [\d,]+ requests/).waitFor();
  });
  if (faults.length > 0) console.log(faults.join("\n"));
  started.kill("SIGINT");
  await started.ended;
} finally {
  await browser.close();
  rmSync(directory, { recursive: true, force: true });
}

/** The tasks of more than 50 ms. */
async function longTasks(tasks: BrowserTasks): Promise<string> {
  const found = (await tasks.stop(50)).sort((a, b) => b.cpu - a.cpu);
  return found.map(({ time, cpu }) => `${time.toFixed(0)} ms (cpu ${cpu.toFixed(0)})`).join(", ") || "none";
}

/** A screen every frame, as somebody does who drags the bar, for 3 s. */
function scroll(page: Page): Promise<void> {
  return page.evaluate(() =>
    new Promise<void>((resolve) => {
      const list = document.querySelector(".list")!;
      const end = performance.now() + 3000;
      const step = (): void => {
        list.scrollTop += 400;
        if (performance.now() < end) requestAnimationFrame(step);
        else resolve();
      };
      step();
    })
  );
}
