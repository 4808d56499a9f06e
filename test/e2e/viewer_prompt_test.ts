/// <reference lib="dom" />
/** The page of `profsrv view` shows a request of a run that goes on soon after its end. */
import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { medianOf } from "../../src/analysis/statistics.ts";
import { browserTest, chromium } from "../support/browser.ts";
import { assertInert, launchBrowser, ShopRun, startView, watchedPage } from "../support/viewed.ts";

await browserTest(
  "while a run goes on, a request is in sight within 0.5 s of its end, also when an event stream is open",
  chromium,
  async (path, node) => {
    const temporary = await mkdtemp(join(tmpdir(), "profsrv-test-"));
    const shop = new ShopRun(join(temporary, "now"), node.path, { env: { BUSY: "12" } });
    const browser = await launchBrowser(path);
    let view: Awaited<ReturnType<typeof startView>> | undefined;
    try {
      await shop.ask("/steady");
      view = await startView(shop.directory);
      const watched = await watchedPage(browser);
      await watched.page.goto(view.address);
      await appears(watched.page, shop);
      assertInert(watched);
      await shop.end();
    } finally {
      await browser.close();
      view?.started.child.kill("SIGKILL");
      await shop.kill();
      await rm(temporary, { recursive: true, force: true });
    }
  },
);

/** Milliseconds. */
const SOON = 500;
const ROUNDS = 3;
const REQUESTS = 15;

/**
 * Half of them at least are in sight soon. Where others keep the processor, the agent waits up to a second before it ends a
 * window, which is dear then: so the slowest is printed, not tested, and a slow round is tried again.
 */
async function appears(page: Page, shop: ShopRun): Promise<void> {
  await page.locator(".state.live").waitFor();
  const endStream = await shop.listen();
  const rounds: number[][] = [];
  while (rounds.length < ROUNDS) {
    const times: number[] = [];
    for (let i = 0; i < REQUESTS; i++) {
      const url = `/quiet?number=${rounds.length}.${i}`;
      await shop.ask(url);
      const endedAt = performance.now();
      await page.getByRole("link", { name: url, exact: true }).waitFor();
      times.push(performance.now() - endedAt);
    }
    times.sort((a, b) => a - b);
    const [median, worst] = [medianOf(times), times.at(-1)!].map((it) => it.toFixed(0));
    console.log(
      `a request is in sight ${median} ms after its answer, the slowest of ${REQUESTS} ${worst} ms`,
    );
    rounds.push(times);
    if (medianOf(times) <= SOON) break;
  }
  endStream();
  assert.ok(medianOf(rounds.at(-1)!) <= SOON, "the median is too late, in each round");
}
