/** Functions of code that no file has as it ran stand where they were written, in every request. */
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { pathToFileURL } from "node:url";
import { checkLaws, type CpuProfile, seenRun } from "../support/laws.ts";
import { appPath, ask, contentOf, profiled, type Run, type Started } from "../support/profiled.ts";
import { lineOf } from "../support/places.ts";
import { runtimes } from "../support/runtimes.ts";

const nodes = (await runtimes()).filter(({ kind }) => kind === "node");
/** So often each path is asked for, each time in a window of its own. */
const TIMES = 4;
const work = pathToFileURL(appPath("typed/src/work.ts")).href;

async function portOf(started: Started): Promise<number> {
  return Number((await started.printed(/port (\d+)\n/))[1]);
}

/** Asks for all paths so many times, each time when the profiles of the time before are written. */
async function askAndWait(
  started: Started,
  { port, paths, times }: {
    readonly port: number;
    readonly paths: readonly string[];
    readonly times: number;
  },
): Promise<void> {
  for (let i = 1; i <= times; i++) {
    for (const path of paths) assert.equal((await ask(port, path)).status, 200);
    for (const path of paths) await started.printed(new RegExp(`(?:GET ${path}[^]*){${i}}`), "stderr");
  }
}

/** Where a function is in the profiles of each request for a path: `url:line`, from 1. */
function placesOf(run: Run, path: string, name: string): string[] {
  return run.index.filter((entry) => entry.path === path).map(({ files }) => {
    const { nodes } = JSON.parse(contentOf(run, files[0]!)) as CpuProfile;
    const found = nodes.map(({ callFrame }) => callFrame).filter(({ functionName }) => functionName === name);
    return [...new Set(found.map(({ url, lineNumber }) => `${url}:${lineNumber + 1}`))].join();
  });
}

/** Functions in files that are there, of which no line is told. */
function withoutLine(run: Run): string[] {
  const nodes = run.files.flatMap((file) => (JSON.parse(contentOf(run, file)) as CpuProfile).nodes);
  const lost = nodes.map(({ callFrame }) => callFrame).filter(({ url, lineNumber }) =>
    url.startsWith("file:") && lineNumber < 0 && existsSync(new URL(url))
  );
  return lost.map(({ functionName, url }) => `${functionName} ${url}`);
}

/** V8 is asked for the map of a script when three samples are of it. */
const ENOUGH_SAMPLES = 5;

for (const node of nodes) {
  Deno.test(`node ${node.version}: functions stand where they were written: code made in memory`, async () => {
    const app = [node.path, appPath("odd_scripts.cjs")];
    const make = () =>
      profiled(app, async (started) => {
        const port = await portOf(started);
        await askAndWait(started, { port, paths: ["/long"], times: 1 });
        const paths = ["/vite", "/webpack", "/negative", "/blank"];
        await askAndWait(started, { port, paths, times: TIMES });
        started.kill("SIGTERM");
      });
    const run = await seenRun(
      make,
      `${ENOUGH_SAMPLES} samples of each request`,
      ({ index }) => index.every(({ samples }) => samples >= ENOUGH_SAMPLES),
    );
    const times = (place: string) => Array.from({ length: TIMES }, () => place);
    const at = (path: string, name: string) =>
      placesOf(run, path, name).map((it) => it.replace("file:///made", "/made"));
    assert.deepEqual(at("/negative", "burnPrimes"), times("/made/negative.ts:2"));
    // V8 may leave the url out before it has given it once: in the first window, or in one more.
    const blank = at("/blank", "burnPrimes");
    const told = blank.indexOf("/made/blank.ts:3");
    assert.ok(told >= 0 && told <= 2, blank.join(" "));
    assert.deepEqual(blank, times("/made/blank.ts:3").fill(":3", 0, told));
    assert.deepEqual(
      at("/long", "spend"),
      [`${work}:${(await lineOf("src/work.ts", "function spend")) + 1}`],
      "the window that has it was turned while the request was open",
    );
    assert.deepEqual(
      at("/vite", "spend"),
      times(`${work}:${(await lineOf("src/work.ts", "function spend")) + 1}`),
    );
    assert.deepEqual(
      at("/vite", "callDeclared"),
      times(`${work}:${(await lineOf("src/work.ts", "function callDeclared")) + 1}`),
    );
    assert.deepEqual(
      at("/webpack", "spinArrow"),
      times(`${work}:${(await lineOf("src/work.ts", "spinArrow =")) + 1}`),
    );
    assert.ok(run.record.mended > 0, "the wrapper's negative column was counted");
  });

  Deno.test(`node ${node.version}: functions made at run time without a map do not stop the world`, async () => {
    const run = await profiled([node.path, appPath("ordinary.cjs")], async (started) => {
      const port = await portOf(started);
      const paths = ["/function", "/eval", "/template", "/view", "/ejs", "/vm", "/computed", "/class"];
      await askAndWait(started, { port, paths, times: 2 });
      assert.equal((await ask(port, "/stops")).body, "0");
      // V8 is asked when it has some samples of the script, and no request is open, which may be after the next one.
      let stops = "0";
      for (let times = 2; times <= 30 && stops === "0"; times++) {
        await askAndWait(started, { port, paths: ["/mapped"], times });
        stops = (await ask(port, "/stops")).body;
      }
      assert.equal(stops, "1", "one with a map does");
      started.kill("SIGTERM");
    });
    checkLaws(run);
    assert.ok(run.index.filter(({ samples }) => samples >= 3).length > 3, "V8 has seen them");
    assert.deepEqual(withoutLine(run), [], "functions of files stand in a line of them");
  });

  Deno.test(`node ${node.version}: the coverage that an application takes of itself stays whole`, async () => {
    const app = [node.path, appPath("odd_scripts.cjs"), "covered"];
    const run = await profiled(app, async (started) => {
      const port = await portOf(started);
      await askAndWait(started, { port, paths: ["/vite"], times: 2 });
      assert.equal(
        (await ask(port, "/coverage")).body,
        "3,2,1",
        "calls, and those that took each branch",
      );
      started.kill("SIGTERM");
    });
    checkLaws(run);
    const places = placesOf(run, "/vite", "spend").filter((it) => it !== "");
    assert.deepEqual(
      [...new Set(places)],
      [`${work}:0`],
      "without a map no line is told that is none of the file",
    );
    const hot = run.index.filter(({ hot }) => hot?.function === "spend").map(({ hot }) => hot!.line);
    assert.ok(hot.every((line) => line === 0), hot.join());
  });
}
