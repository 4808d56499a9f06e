/// <reference lib="dom" />
/** The page of `profsrv view` in a real browser: one run, looked at while it goes on and when it has ended. */
import assert from "node:assert/strict";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import type { Page } from "playwright-core";
import type { IndexEntry } from "../../src/store/entry.ts";
import { chromium } from "../support/browser.ts";
import { forms, Started } from "../support/profiled.ts";
import { missing, runtimes } from "../support/runtimes.ts";
import {
  assertInert,
  goTo,
  launchBrowser,
  listed,
  sandwichOf,
  ShopRun,
  startView,
  watchedPage,
} from "../support/viewed.ts";

/** Text that would be HTML if the page ever made HTML of it. */
const HOSTILE = '<img src="https://evil.example/x" onerror="alert(1)">';
const HOSTILE_URL = "/hostile?x=<script>alert(1)</script>&y=%22onload=%22alert(2)";

const browserPath = chromium();
const node = (await runtimes()).findLast(({ kind }) => kind === "node");
const what = "the page of profsrv view in a browser";
if (node === undefined) missing(what, "there is no node");
else if (browserPath === undefined) {
  if (process.env["MATRIX"] === "all") Deno.test(what, () => assert.fail("there is no chromium on the PATH"));
  else missing(what, "there is no chromium on the PATH");
} else {
  Deno.test(what, async (t) => {
    const temporary = await mkdtemp(join(tmpdir(), "profsrv-test-"));
    const shop = new ShopRun(join(temporary, "now"), node.path, { BUSY: "12" });
    const browser = await launchBrowser(browserPath);
    let view: Awaited<ReturnType<typeof startView>> | undefined;
    try {
      await beforeRun(join(temporary, "before"), node.path);
      await shop.ask("/steady");
      view = await startView(shop.directory);
      const watched = await watchedPage(browser);
      const { page } = watched;
      await page.goto(view.address);
      await t.step(
        "while the run goes on, a request appears within half a second of its end",
        () => appears(page, shop),
      );
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
}

/** The run that is compared with: its one route takes a third of the time. */
async function beforeRun(directory: string, path: string): Promise<void> {
  const before = new ShopRun(directory, path, { BUSY: "4" });
  for (let i = 0; i < 60; i++) await before.ask("/steady");
  await before.end();
}

async function askAll(shop: ShopRun): Promise<void> {
  for (let i = 0; i < 60; i++) await shop.ask("/steady");
  for (let i = 0; i < 3; i++) await shop.askHeldUp();
  await shop.ask(HOSTILE_URL);
  await shop.ask("/fail");
}

async function readIndex(directory: string): Promise<IndexEntry[]> {
  const text = await readFile(join(directory, "index.ndjson"), "utf8");
  return text.trim().split("\n").map((line) => JSON.parse(line));
}

/** The best of some: what else the machine does must not count. */
async function appears(page: Page, shop: ShopRun): Promise<void> {
  await page.locator(".state.live").waitFor();
  const times: number[] = [];
  for (let i = 0; i < 5; i++) {
    const url = `/steady?number=${i}`;
    await shop.ask(url);
    const endedAt = performance.now();
    await page.getByRole("link", { name: url, exact: true }).waitFor();
    times.push(performance.now() - endedAt);
  }
  console.log(`a request is in sight ${times.map((it) => it.toFixed(0)).join(", ")} ms after its answer`);
  assert.ok(Math.min(...times) < 500, `the quickest: ${Math.min(...times)} ms`);
}

/** What is shown of the run when it has ended, in an order in which each leaves the page usable for the next. */
function stepsOf(index: readonly IndexEntry[], page: Page): Record<string, () => Promise<void>> {
  const search = page.getByRole("searchbox");
  const victim = index.findLast(({ path, blocked }) => path === "/victim" && blocked > 40)!;
  const rows = async (pattern: RegExp): Promise<string[]> => {
    await page.waitForFunction(
      (text) => new RegExp(text).test(document.querySelector(".list .body [role=row]")?.textContent ?? ""),
      pattern.source,
    );
    return listed(page);
  };
  return {
    "the culprits are first, as in the terminal's summary, with links": async () => {
      await page.getByText(/ended with code 0/).waitFor();
      const culprits = await page.getByLabel("Culprits").innerText();
      assert.match(culprits, /Most CPU\s+GET \/steady, \d\d ms a request: compareMe \(viewed\.cjs:\d+\)/);
      assert.match(culprits, /Most blocked\s+GET \/victim, [\d.]+ ms of [\d.]+ ms by GET \/hog/);
      await page.getByLabel("Culprits").getByRole("link", { name: "GET /hog" }).click();
      await page.getByRole("heading", { name: "GET /hog" }).waitFor();
      await page.goBack();
      await page.getByRole("grid").waitFor();
    },
    "a click on a heading sorts, a second one the other way": async () => {
      const byCpu = [...index].sort((a, b) => a.cpu - b.cpu);
      const isFirst = (entry: IndexEntry) =>
        page.waitForFunction(
          (id) => document.querySelector(".list .body [role=row] a")?.getAttribute("href")?.endsWith(id),
          entry.id,
        );
      await page.getByRole("columnheader", { name: "cpu" }).getByRole("button").click();
      await isFirst(byCpu.at(-1)!);
      assert.match(page.url(), /sort=-cpu/);
      await page.getByRole("columnheader", { name: "cpu" }).getByRole("button").click();
      await isFirst(byCpu[0]!);
    },
    "the search field finds, and says what is wrong while it is typed": async () => {
      await search.fill("status:5xx");
      await page.locator('[role=grid][aria-rowcount="2"]').getByRole("link", { name: "/fail" }).waitFor();
      await search.fill("blocked>40 route:/victim");
      await rows(/\/victim/);
      assert.ok((await listed(page)).every((it) => it.includes("/victim")));
      await search.fill("cpu>fast");
      await page.getByText('"cpu" needs a time such as 50, 50ms or 1.5s, not "fast"').waitFor();
      await search.fill("colour:red");
      await page.getByText('There is no field "colour"').waitFor();
      await search.fill("hot:compareMe duration>10s");
      await page.getByText("No request is like this").waitFor();
      await search.fill("");
    },
    "a range dragged over the timeline filters the list, and back takes it away": async () => {
      await search.blur();
      await goTo(page, "#/requests");
      const all = index.length;
      const box = (await page.locator(".u-over").first().boundingBox())!;
      await page.mouse.move(box.x + box.width * 0.5, box.y + 20);
      await page.mouse.down();
      await page.mouse.move(box.x + box.width * 0.9, box.y + 20, { steps: 4 });
      await page.mouse.up();
      await page.getByText(/^\d+ of \d+ requests/).waitFor();
      const [, some] = /(\d+) of/.exec(await page.locator(".find").innerText())!;
      assert.ok(Number(some) > 0 && Number(some) < all, `${some} of ${all}`);
      await page.goBack();
      await page.getByText(`${all} requests · `).first().waitFor();
    },
    "the keyboard alone leads to a request and back": async () => {
      await page.keyboard.press("/");
      await page.keyboard.type("route:/hog");
      await rows(/\/hog/);
      await page.keyboard.press("Enter");
      await page.keyboard.press("j");
      await page.keyboard.press("j");
      await page.keyboard.press("k");
      await page.keyboard.press("Enter");
      await page.getByRole("heading", { name: "GET /hog" }).waitFor();
      await page.keyboard.press("Escape");
      await page.getByRole("grid").waitFor();
      await page.keyboard.press("?");
      await page.getByRole("dialog").getByText("next, previous request").waitFor();
      await page.keyboard.press("Escape");
      await page.getByRole("dialog").waitFor({ state: "hidden" });
      await goTo(page, "#/requests");
    },
    "a request's page has its lane and that of the one that held it up, linked": async () => {
      await goTo(page, `#/request/${victim.id}`);
      const lanes = page.locator(".lane:not(.axis)");
      await lanes.nth(1).waitFor();
      assert.match(await lanes.nth(0).innerText(), /GET \/victim/);
      assert.match(await lanes.nth(1).innerText(), /GET \/hog[^]*hogTheLoop viewed\.cjs:\d+/);
      const held = Number(/([\d.]+) ms/.exec(await lanes.nth(1).innerText())![1]);
      assert.ok(Math.abs(held - victim.blockers![0]!.ms) <= 2, `${held} ms`);
      await page.locator('a[href^="vscode://file/"]', { hasText: "viewed.cjs" }).first().waitFor();
    },
    "speedscope shows the request's own function and none of the blocker's": async () => {
      const table = await sandwichOf(page);
      assert.match(table, /victimWork/);
      assert.doesNotMatch(table, /hogTheLoop/);
    },
    "my code only folds what node: does": async () => {
      const library = page.getByRole("table", { name: "Functions" }).getByText("pbkdf2Sync");
      const inPicture = page.frameLocator("iframe.flame").getByText("pbkdf2Sync");
      assert.equal(await library.count() + await inPicture.count(), 0);
      await page.getByRole("button", { name: "my code only" }).first().click();
      await library.waitFor();
      await inPicture.first().waitFor();
      await page.goBack();
      await library.waitFor({ state: "detached" });
    },
    "a profile can be kept in each format": async () => {
      for (const format of ["cpuprofile", "callgrind", "pprof", "speedscope", "folded"]) {
        const started = page.waitForEvent("download");
        await page.getByRole("button", { name: format, exact: true }).click();
        assert.ok((await readFile(await (await started).path())).length > 100, format);
      }
    },
    "routes, and one route with whom it held up and its merged profile": async () => {
      await goTo(page, "#/routes");
      await page.getByRole("link", { name: "GET /hog" }).first().waitFor();
      assert.match(await page.getByRole("row", { name: /^GET \/victim/ }).innerText(), /GET \/hog/);
      assert.match(await page.getByRole("row", { name: /^GET \/fail/ }).innerText(), /100 %/);
      await goTo(page, `#/route/${encodeURIComponent("GET /hog")}`);
      await page.getByRole("table", { name: "Held up" }).getByText("GET /victim").waitFor();
      assert.match(await sandwichOf(page), /hogTheLoop/);
    },
    "functions of the whole run, with the routes that call them": async () => {
      await goTo(page, "#/functions");
      await page.getByRole("row", { name: /hogTheLoop.*GET \/hog/ }).waitFor();
    },
    "two runs compared: what got slower, for certain, and both merged profiles": async () => {
      await goTo(page, "#/compare");
      await page.getByLabel("What changed since").selectOption({ index: 1 });
      const row = page.getByRole("table", { name: "Routes compared" }).getByRole("row", { name: /\/steady/ });
      await row.getByText("slower").waitFor();
      await page.getByRole("table", { name: "Functions compared" }).getByText("compareMe").first().waitFor();
      assert.equal(await page.locator("iframe.flame").count(), 2);
      assert.match(await sandwichOf(page), /compareMe/);
    },
    "names and URLs that are HTML are shown as text": async () => {
      await goTo(page, "#/requests?q=hostile");
      assert.match((await rows(/hostile/))[0]!, /<script>alert/);
      await page.locator(".list .body").getByText(HOSTILE).waitFor();
      await page.keyboard.press("j");
      await page.keyboard.press("Enter");
      await page.getByRole("heading", { name: /<script>/ }).waitFor();
      await page.getByRole("row", { name: HOSTILE }).waitFor();
      assert.match(await sandwichOf(page), /onerror/);
      assert.equal(await page.locator("#page img, #page script").count(), 0);
    },
    "dark by the system or by choice": async () => {
      const colours = page.getByLabel("Colours", { exact: true });
      const becomes = (colour: string) =>
        page.waitForFunction((it) => getComputedStyle(document.body).backgroundColor === it, colour);
      const [light, dark] = ["rgb(255, 255, 255)", "rgb(21, 24, 30)"] as const;
      await becomes(light);
      await page.emulateMedia({ colorScheme: "dark" });
      await becomes(dark);
      await colours.selectOption("light");
      await becomes(light);
      await page.emulateMedia({ colorScheme: "light" });
      await colours.selectOption("dark");
      await becomes(dark);
      await colours.selectOption("system");
      await becomes(light);
    },
    "what is not there is said": async () => {
      await goTo(page, "#/request/no-such-id");
      await page.getByText("no-such-id").first().waitFor();
      await goTo(page, `#/route/${encodeURIComponent("GET /nowhere")}`);
      await page.getByText("There is no route “GET /nowhere” in this run").waitFor();
    },
  };
}

async function hasNoBarrier(page: Page, index: readonly IndexEntry[]): Promise<void> {
  const axe = await readFile(join(import.meta.dirname!, "../../node_modules/axe-core/axe.min.js"), "utf8");
  await page.evaluate(axe);
  const pages = ["#/requests", `#/request/${index[0]!.id}`, "#/routes", "#/functions"];
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
