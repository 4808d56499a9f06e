/// <reference lib="dom" />
/** The page of `profsrv view` where there is little to show: no request yet or at all, a killed run, profiles that are gone. */
import assert from "node:assert/strict";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { browserTest, chromium } from "../support/browser.ts";
import { forms, Started } from "../support/profiled.ts";
import {
  assertInert,
  fitsTelephone,
  goTo,
  launchBrowser,
  sandwichOf,
  ShopRun,
  startView,
  watchedPage,
} from "../support/viewed.ts";

await browserTest(
  "the page of profsrv view of a run without requests, killed, or whose profiles are gone",
  chromium,
  async (path, node, t) => {
    const temporary = await mkdtemp(join(tmpdir(), "profsrv-test-"));
    const shop = new ShopRun(join(temporary, "shop"), node.path, { env: { BUSY: "12" } });
    const browser = await launchBrowser(path);
    try {
      await t.step("a run without a request yet says so, and shows the first one", async () => {
        await viewed(browser, shop.directory, async (page) => {
          await page.getByRole("heading", { name: "No request yet" }).waitFor();
          await page.locator(".state.live").waitFor();
          await shop.ask("/steady");
          await page.getByRole("link", { name: "/steady" }).first().waitFor();
          assert.equal(await page.getByRole("heading", { name: "No request yet" }).count(), 0);
        });
      });
      await t.step("a run whose profsrv was killed says so, and lists what came before", async () => {
        await shop.killProfsrv();
        await viewed(browser, shop.directory, async (page) => {
          await page.getByText("nobody saw how the command ended · 1 request", { exact: true }).waitFor();
          await page.getByText(/profsrv .*was killed/).waitFor();
          await page.getByRole("link", { name: "/steady" }).first().waitFor();
        });
      });
      await t.step("where profiles are gone the list says how many, and the request why", async () => {
        for (const file of await readdir(shop.directory)) {
          if (file.endsWith(".cpuprofile")) await rm(join(shop.directory, file));
        }
        await viewed(browser, shop.directory, async (page) => {
          await page.getByText(/1 profile of 1 is gone/).waitFor();
          await page.locator(".list .body a").first().click();
          await page.getByText(/Its profile is gone: .* Its times are known/).waitFor();
        });
      });
      await t.step("a run without requests says how it ended", async () => {
        const directory = join(temporary, "none");
        const options = ["--prof-path", directory, "--quiet", "--"];
        await new Started([...forms.executable, ...options, node.path, "-e", "process.exitCode = 3"]).ended;
        await viewed(browser, directory, async (page) => {
          await page.getByRole("heading", { name: "No request was recorded" }).waitFor();
          await page.getByText(/no server|No server/).waitFor();
          await page.getByText("ended with code 3 · 0 requests", { exact: true }).waitFor();
        });
      });
      await t.step({
        name: "a run of bytes shows bytes: culprit, list, search, routes, request, comparison",
        // V8 of Node 18 forgets what was collected.
        ignore: Number(node.version.split(".")[0]) < 20,
        fn: async () => {
          const directories = ["bytes-1", "bytes-2"].map((it) => join(temporary, it));
          for (const directory of directories) {
            const options = ["--profiler", "heap"];
            const run = new ShopRun(directory, node.path, { options, app: "heap.mjs" });
            for (const path of ["/a", "/none", "/b"]) await run.ask(path);
            await run.end();
          }
          await viewed(browser, directories[1]!, showsBytes);
        },
      });
    } finally {
      await browser.close();
      await shop.kill();
      await rm(temporary, { recursive: true, force: true });
    }
  },
);

/** Shows a directory, looks at it, and at each page of it as wide as a telephone, where nothing may stand out of the window. */
async function viewed(
  browser: Browser,
  directory: string,
  look: (page: Page) => Promise<void>,
): Promise<void> {
  const { started, address } = await startView(directory);
  const watched = await watchedPage(browser);
  try {
    await watched.page.goto(address);
    await look(watched.page);
    await fitsTelephone(watched.page, ["#/requests", "#/routes", "#/functions"]);
    assertInert(watched);
  } finally {
    await watched.context.close();
    started.child.kill("SIGKILL");
  }
}

/** `/a` allocates 8 MiB, the others less. */
async function showsBytes(page: Page): Promise<void> {
  const amount = /\d(?:\.\d)? MB/;
  await page.getByLabel("Culprits").getByText(/^GET \/a, [\d.]+ MB a request: allocA/).waitFor();
  await page.getByRole("searchbox").fill("alloc>5MB");
  await page.locator('[role=grid][aria-rowcount="2"]').getByText(amount).waitFor();
  await page.keyboard.press("Enter");
  await page.keyboard.press("j");
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: "GET /a" }).waitFor();
  await page.getByRole("row", { name: /allocA .* MB/ }).waitFor();
  assert.match(await sandwichOf(page), /allocA/);
  assert.equal(await page.locator(".lane rect.cpu").count(), 0, "when it ran is not known");
  await goTo(page, "#/routes");
  const rows = page.getByRole("table", { name: "Routes" }).getByRole("row");
  await page.getByRole("columnheader", { name: "alloc a request" }).waitFor();
  assert.match(await rows.nth(1).innerText(), /^GET \/a\s[^]*MB/);
  await goTo(page, "#/compare");
  const base = page.getByLabel("What changed since");
  await base.locator("option", { hasText: "--profiler heap" }).first().waitFor({ state: "attached" });
  await base.selectOption({ index: 1 });
  const routes = page.getByRole("table", { name: "Routes compared" });
  assert.match(await routes.getByRole("row", { name: /^GET \/a / }).innerText(), /MB → [\d.]+ MB/);
}
