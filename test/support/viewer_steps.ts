/// <reference lib="dom" />
/** What the viewer's page shows of a run of test/apps/viewed.cjs, step by step. */
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import type { Locator, Page } from "playwright-core";
import type { IndexEntry } from "../../src/store/entry.ts";
import { goTo, listed, sandwichOf } from "./viewed.ts";

/** Text that would be HTML if the page ever made HTML of it. */
const HOSTILE = '<img src="https://evil.example/x" onerror="alert(1)">';
const HOSTILE_ROUTE = "GET /<svg/onload=alert(3)>";
/** What no page of ours has, and such names would be if they were HTML. */
const MADE_OF_NAMES = "#page img, #page script, #page [onload], #page [onerror]";
export const HOSTILE_PATH = HOSTILE_ROUTE.replace("GET ", "");
export const HOSTILE_URL = "/hostile?x=<script>alert(1)</script>&y=%22onload=%22alert(2)";

/** What is shown of the run when it has ended, in an order in which each leaves the page usable for the next. */
export function stepsOf(index: readonly IndexEntry[], page: Page): Record<string, () => Promise<void>> {
  const search = page.getByRole("searchbox");
  // Where others keep the processor, a request has few samples: of several at least one was seen in its own function.
  const hotOf = (id: string | undefined) => index.find((it) => it.id === id)?.hot?.function;
  const victim = index.findLast(({ path, blocked, blockers = [] }) =>
    path === "/victim" && blocked > 40 && hotOf(blockers[0]?.id) === "hogTheLoop"
  )!;
  const hostile = index.find(({ hot }) => hot?.function === HOSTILE)!;
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
      await page.getByLabel("Culprits").getByText(/GET \/victim, [^]* by GET \/hog/).waitFor();
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
      // Each answer draws the timeline anew, and the culprits move it down: it stays once it has all requests.
      await page.getByLabel("Culprits").waitFor();
      await page.getByRole("img", { name: `${all} requests over time` }).locator(".u-over").first().waitFor();
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
      await page.locator(".list .body").getByText(HOSTILE).first().waitFor();
      await goTo(page, `#/request/${hostile.id}`);
      await page.getByRole("heading", { name: /<script>/ }).waitFor();
      await page.getByRole("row", { name: HOSTILE }).waitFor();
      assert.match(await sandwichOf(page), /onerror/);
      assert.equal(await page.locator(MADE_OF_NAMES).count(), 0);
      const shown: readonly (readonly [string, Locator])[] = [
        ["#/requests?sort=url", page.getByLabel("Culprits")],
        ["#/routes", page.getByRole("row", { name: HOSTILE_ROUTE })],
        [`#/route/${encodeURIComponent(HOSTILE_ROUTE)}`, page.getByRole("heading", { name: HOSTILE_ROUTE })],
        ["#/functions", page.getByRole("row", { name: HOSTILE })],
        ["#/compare?base=0", page.getByRole("row", { name: HOSTILE_ROUTE })],
        [`#/requests?q=${encodeURIComponent(HOSTILE)}`, page.getByRole("searchbox")],
        [`#/${encodeURIComponent(HOSTILE)}?base=${encodeURIComponent(HOSTILE)}`, page.getByRole("grid")],
      ];
      for (const [hash, sight] of shown) {
        await goTo(page, hash);
        await sight.first().waitFor();
        assert.equal(await page.locator(MADE_OF_NAMES).count(), 0, hash);
      }
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
