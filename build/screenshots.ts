/// <reference lib="dom" />
/**
 * Pictures of every page of `profsrv view`, wide and narrow, light and dark, of a real run of the demo: dist/screenshots.
 * The first page, wide, light and dark, is the README's first picture: docs/images.
 */
import { copyFile, mkdir, mkdtemp, readFile, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Page } from "playwright-core";
import type { IndexEntry } from "../src/store/entry.ts";
import { chromium } from "../test/support/browser.ts";
import { launchBrowser, startView } from "../test/support/viewed.ts";
import { demo } from "./demo_run.ts";

const DIRECTORY = "dist/screenshots";
const PICTURES = "docs/images";
/** Pixels; the second is a telephone's. */
const sizes = [{ width: 1280, height: 800 }, { width: 390, height: 844 }] as const;
/** Runs, so that the second can be compared with the first. */
const RUNS = 2;

const name = chromium();
if (name === undefined) throw new Error("Cannot make pictures: there is no chromium on the PATH");
const temporary = await mkdtemp(join(tmpdir(), "profsrv-screenshots-"));
const browser = await launchBrowser(name);
try {
  const runs = Array.from({ length: RUNS }, (_, i) => join(temporary, `run-${i}`));
  for (const directory of runs) await demo(["--prof-path", directory, "--quiet"]);
  const run = runs.at(-1)!;
  const { started, address } = await startView(run);
  try {
    await takeAll(address, await pagesOf(run));
  } finally {
    started.kill("SIGTERM");
    await started.ended;
  }
  await mkdir(PICTURES, { recursive: true });
  for (const scheme of ["light", "dark"]) {
    const picture = join(PICTURES, `view-${scheme}.png`);
    await copyFile(join(DIRECTORY, `requests-${sizes[0].width}-${scheme}.png`), picture);
    console.log(`${picture}: ${Math.ceil((await stat(picture)).size / 1024)} kB`);
  }
} finally {
  await browser.close();
  await rm(temporary, { recursive: true, force: true });
}

/** Each page by its name: its address, and what stands there when it is complete. */
async function pagesOf(run: string): Promise<Record<string, { hash: string; complete: string }>> {
  const index: IndexEntry[] = (await readFile(join(run, "index.ndjson"), "utf8")).trim().split("\n")
    .map((line) => JSON.parse(line));
  const victim = index.reduce((most, it) => it.blocked > most.blocked ? it : most);
  return {
    requests: { hash: "#/requests", complete: ".list .body a, .u-over" },
    request: { hash: `#/request/${victim.id}`, complete: "iframe.flame" },
    routes: { hash: "#/routes", complete: "table" },
    route: { hash: `#/route/${encodeURIComponent("POST /login")}`, complete: "iframe.flame" },
    functions: { hash: "#/functions", complete: "table" },
    compare: { hash: "#/compare", complete: "select" },
  };
}

async function takeAll(
  address: string,
  pages: Record<string, { hash: string; complete: string }>,
): Promise<void> {
  await mkdir(DIRECTORY, { recursive: true });
  for (const colorScheme of ["light", "dark"] as const) {
    for (const viewport of sizes) {
      const context = await browser.newContext({ viewport, colorScheme });
      const page = await context.newPage();
      await page.goto(address);
      for (const [title, { hash, complete }] of Object.entries(pages)) {
        await page.evaluate((it) => location.hash = it, hash);
        await page.locator(complete).first().waitFor();
        // The newest of the runs of the same command.
        if (title === "compare") await page.getByLabel("What changed since").selectOption({ index: 1 });
        await settled(page);
        await page.screenshot({ path: join(DIRECTORY, `${title}-${viewport.width}-${colorScheme}.png`) });
        await checkWidth(page, title);
      }
      await context.close();
    }
  }
}

/** What is drawn on canvases shows in no element: it is there a moment later. */
async function settled(page: Page): Promise<void> {
  for (const frame of await page.locator("iframe.flame").all()) {
    await frame.contentFrame().getByText("Left Heavy").waitFor();
  }
  await page.waitForTimeout(900);
}

/** Nothing is wider than the window; tables scroll by themselves. */
async function checkWidth(page: Page, title: string): Promise<void> {
  const [content, window] = await page.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
  if (content! > window!) {
    throw new Error(`The page "${title}" is ${content} pixels wide in a window of ${window}`);
  }
}
