/// <reference lib="dom" />
/** The page of `profsrv view` in a real browser: one run, looked at while it goes on and when it has ended. */
import assert from "node:assert/strict";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Page } from "playwright-core";
import type { IndexEntry } from "../../src/store/entry.ts";
import { browserTest, chromium } from "../support/browser.ts";
import { forms, Started } from "../support/profiled.ts";
import {
  assertInert,
  fitsTelephone,
  goTo,
  launchBrowser,
  listed,
  sandwichOf,
  ShopRun,
  startView,
  watchedPage,
} from "../support/viewed.ts";
import { HOSTILE_PATH, HOSTILE_URL, stepsOf } from "../support/viewer_steps.ts";

/** Milliseconds that `/steady` takes: so different that a machine with much other work does not hide it. */
const BUSY = { before: 4, now: 30 };

await browserTest("the page of profsrv view in a browser", chromium, async (path, node, t) => {
  const temporary = await mkdtemp(join(tmpdir(), "profsrv-test-"));
  const shop = new ShopRun(join(temporary, "now"), node.path, { env: { BUSY: String(BUSY.now) } });
  const browser = await launchBrowser(path);
  let view: Awaited<ReturnType<typeof startView>> | undefined;
  try {
    await beforeRun(join(temporary, "before"), node.path);
    await shop.ask("/steady");
    view = await startView(shop.directory);
    const watched = await watchedPage(browser);
    const { page } = watched;
    await page.goto(view.address);
    await page.locator(".state.live").waitFor();
    await askAll(shop);
    await shop.end();
    const index = await readIndex(shop.directory);
    const steps = stepsOf(index, page);
    for (const [name, step] of Object.entries(steps)) {
      const isDone = await t.step(name, async () => {
        await step();
        assertInert(watched);
      });
      // The next ones would but wait for what cannot come.
      if (!isDone) return;
    }
    await t.step("the address does not keep the secret, and another tab has it", async () => {
      assert.doesNotMatch(page.url(), /secret/);
      const other = await watched.context.newPage();
      await other.goto(page.url().replace(/#.*/, "#/routes"));
      await other.getByRole("link", { name: "GET /hog" }).first().waitFor();
      await other.close();
    });
    await t.step("without the secret the page says what is missing", async () => {
      const { page: stranger, context } = await watchedPage(browser);
      await stranger.goto(view!.address.replace(/#.*/, ""));
      await stranger.getByText("This address is not complete").waitFor();
      await context.close();
    });
    await t.step("no serious fault of accessibility, light and dark", () => hasNoBarrier(page, index));
    await t.step("all pages fit the width of a telephone", async () => {
      await goTo(page, "#/compare?base=0");
      await page.getByRole("table", { name: "Routes compared" }).waitFor();
      await fitsTelephone(page, [
        "#/compare?base=0",
        "#/requests",
        `#/request/${index[0]!.id}`,
        "#/routes",
        "#/functions",
      ]);
    });
    await t.step("--html shows the same from a file, without a server", async () => {
      const file = join(temporary, "run.html");
      assert.equal(
        (await new Started([...forms.executable, "view", shop.directory, "--html", file]).ended).code,
        0,
      );
      const opened = await watchedPage(browser);
      await opened.page.goto(`file://${file}`);
      await fileShows(opened.page, index);
      assertInert(opened);
      await opened.context.close();
    });
    await t.step("when the server has ended, the page says so and keeps what it has", async () => {
      await goTo(page, "#/requests");
      await page.locator(".list .body a").first().waitFor();
      view!.started.kill("SIGTERM");
      await view!.started.ended;
      await page.getByText("profsrv view has ended").waitFor();
      assert.ok((await listed(page)).length > 5);
    });
  } finally {
    await browser.close();
    view?.started.child.kill("SIGKILL");
    await shop.kill();
    await rm(temporary, { recursive: true, force: true });
  }
});

/** The run that is compared with, of one route. */
async function beforeRun(directory: string, path: string): Promise<void> {
  const before = new ShopRun(directory, path, {
    env: { BUSY: String(BUSY.before) },
  });
  for (let i = 0; i < 60; i++) await before.ask("/steady");
  await before.end();
}

async function askAll(shop: ShopRun): Promise<void> {
  for (let i = 0; i < 60; i++) await shop.ask("/steady");
  for (let i = 0; i < 3; i++) await shop.askHeldUp();
  await shop.ask(HOSTILE_PATH);
  for (let i = 0; i < 5; i++) await shop.ask(HOSTILE_URL);
  await shop.ask("/fail");
}

async function readIndex(directory: string): Promise<IndexEntry[]> {
  const text = await readFile(join(directory, "index.ndjson"), "utf8");
  return text.trim().split("\n").map((line) => JSON.parse(line));
}

async function hasNoBarrier(page: Page, index: readonly IndexEntry[]): Promise<void> {
  const axe = await readFile(join(import.meta.dirname!, "../../node_modules/axe-core/axe.min.js"), "utf8");
  await page.evaluate(axe);
  const pages = [
    "#/requests",
    `#/request/${index[0]!.id}`,
    "#/routes",
    `#/route/${encodeURIComponent("GET /hog")}`,
    "#/functions",
    "#/compare?base=0",
  ];
  for (const colorScheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme });
    for (const hash of pages) {
      await goTo(page, hash);
      await page.locator("table, [role=grid] [role=gridcell]").first().waitFor();
      const found = await page.evaluate(async () => {
        // deno-lint-ignore no-explicit-any
        const { violations } = await (globalThis as any).axe.run({ exclude: [["iframe"]] });
        // deno-lint-ignore no-explicit-any
        return violations.filter(({ impact }: any) => impact === "serious" || impact === "critical")
          // deno-lint-ignore no-explicit-any
          .map(({ id, nodes }: any) => `${id}: ${nodes.slice(0, 3).map(({ html }: any) => html).join(" ")}`);
      });
      assert.deepEqual(found, [], `${hash}, ${colorScheme}`);
    }
  }
}

async function fileShows(page: Page, index: readonly IndexEntry[]): Promise<void> {
  await page.getByText(`${index.length} requests`).first().waitFor();
  assert.match(await page.getByLabel("Culprits").innerText(), /GET \/victim, .* by GET \/hog/s);
  await page.getByRole("searchbox").fill("route:/hog");
  await page.waitForFunction(() => document.querySelectorAll(".list .body [role=row]").length === 3);
  await page.getByRole("link", { name: "/hog" }).first().click();
  await page.getByRole("heading", { name: "GET /hog" }).waitFor();
  assert.match(await sandwichOf(page), /hogTheLoop/);
  await goTo(page, "#/functions");
  await page.getByRole("row", { name: /hogTheLoop/ }).waitFor();
  assert.equal(await page.getByRole("link", { name: "Compare" }).count(), 0);
}
