/** `profsrv diff` on runs that are made up: what it prints, and how it ends. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { seededRandom } from "../../src/analysis/statistics.ts";
import type { IndexEntry } from "../../src/store/entry.ts";
import { entryOf, totalsOf } from "../cli/entries.ts";
import { runRecord } from "../../src/store/run_file.ts";
import { forms } from "../support/profiled.ts";

interface MadeUp {
  readonly seed: number;
  readonly slower?: number;
  readonly requests?: number;
  /** Where the server lay. */
  readonly root?: string;
  readonly route?: string;
}

/** A run of two routes: `/login` takes 5 ms, 4 of them in `hash`, `/list` 3 ms. */
function makeRun(
  directory: string,
  { seed, slower = 1, requests = 400, root = "/app", route = "/list" }: MadeUp,
): void {
  mkdirSync(directory);
  const random = seededRandom(seed);
  const lines: string[] = [];
  for (let i = 0; i < requests; i++) {
    const isLogin = i % 2 === 0;
    const size = 0.8 + 0.4 * random();
    const times = isLogin ? { hash: 4 * slower * size, session: size } : { render: 3 * size };
    const cpu = Object.values(times).reduce((sum, it) => sum + it, 0);
    const file = `${i}.folded`;
    const stacks = Object.entries(times).map(([name, time]) =>
      `handle (${root}/server.js:3:1);${name} (${root}/server.js:${name.length * 10}:1) ${
        Math.round(1000 * time)
      }\n`
    );
    writeFileSync(join(directory, file), stacks.join(""));
    const ms = (value: number) => Number(value.toFixed(3));
    const entry: IndexEntry = entryOf({
      id: `a-${i}`,
      method: isLogin ? "POST" : "GET",
      route: isLogin ? "/login" : route,
      start: new Date(1_000_000 + 50 * i).toISOString(),
      cpu: ms(cpu),
      duration: ms(cpu + 2),
      blocked: 0,
      wait: 2,
      samples: Math.round(cpu),
      files: [file],
    });
    lines.push(`${JSON.stringify(entry)}\n`);
  }
  writeFileSync(join(directory, "index.ndjson"), lines.join(""));
  const start = { run: "a", version: "0.1.0", command: ["node", "server.js"], interval: 1000 };
  const record = runRecord(start, totalsOf({ requests }), { exit: { code: 0 }, runtimes: ["node 24.0.0"] });
  writeFileSync(join(directory, "run.json"), JSON.stringify(record));
}

const directory = mkdtempSync(join(tmpdir(), "profsrv-test-"));
globalThis.addEventListener("unload", () => rmSync(directory, { recursive: true, force: true }));
makeRun(join(directory, "before"), { seed: 1 });
makeRun(join(directory, "same"), { seed: 2 });
makeRun(join(directory, "after"), { seed: 3, slower: 1.25, root: "/elsewhere" });

function diff(...args: string[]): { status: number | null; stdout: string; stderr: string } {
  const [program = "", ...own] = forms.executable;
  return spawnSync(program, [...own, "diff", ...args], { cwd: directory, encoding: "utf8" });
}

Deno.test("diff names the slower function first, and its route, although the server lay elsewhere", () => {
  const { status, stdout, stderr } = diff("before", "after");
  assert.deepEqual([status, stderr], [0, ""]);
  assert.match(stdout, /^before: before, 400 requests\nafter: {2}after, 400 requests\n\n/);
  assert.match(
    stdout,
    /\nSlower function: hash \(server\.js:40\), .* a request, most of it in POST \/login\.\n/,
  );
  assert.match(stdout, /\nSlower route: POST \/login, own cpu \d\.\d\d -> 6\.\d\d ms \(\+\d\d\.\d %\)\.\n/);
  assert.doesNotMatch(stdout, /Slower.*(?:render|list)/);
  assert.ok(stdout.split("\n").every((line) => line.length <= 105), stdout);
  // deno-lint-ignore no-control-regex
  assert.doesNotMatch(stdout, /\x1b/);
});

Deno.test("two runs of the same server have no significant change", () => {
  const { status, stdout } = diff("before", "same", "--fail-over", "0");
  assert.equal(status, 0);
  assert.match(
    stdout,
    /\nNo significant change of 5 % or more in 2 routes\.\nNo route is slower for certain and by more than 0 %\. 2 routes took longer by more than that, but not for certain\.\n/,
  );
});

Deno.test("--fail-over ends with 1 only where a route is slower for certain, and by more", () => {
  for (
    const [args, status] of [
      [["before", "after", "--fail-over", "10%"], 1],
      [["before", "after", "--fail-over=10", "--json"], 1],
      [["before", "after", "--fail-over", "50%", "--md"], 0],
      [["after", "before", "--fail-over", "1%"], 0],
    ] as const
  ) assert.equal(diff(...args).status, status, args.join(" "));
  assert.match(diff("before", "after", "--fail-over", "10%").stdout, /\nOver 10 %: POST \/login\.\n/);
});

Deno.test("--json is versioned, and docs/diff.md names each of its fields", () => {
  const { status, stdout, stderr } = diff("before", "after", "--json", "--fail-over", "10%");
  assert.deepEqual([status, stderr], [1, ""]);
  const value = JSON.parse(stdout);
  assert.equal(value.v, 1);
  assert.deepEqual(value.failOver, { share: 0.1, routes: ["POST /login"] });
  assert.deepEqual([value.functions[0].function, value.functions[0].verdict], ["hash", "slower"]);
  assert.equal(value.functions[0].file, "/elsewhere/server.js");
  assert.deepEqual(value.before.profiles, { found: 400, missing: 0, unreadable: 0 });
  const [route] = value.routes;
  assert.deepEqual([route.route, route.cpu.verdict, route.requests], ["POST /login", "slower", {
    before: 200,
    after: 200,
  }]);
  assert.ok(route.cpu.low > 0 && route.cpu.high > route.cpu.low && route.cpu.p < 0.01);
  const docs = readFileSync(join(import.meta.dirname!, "..", "..", "docs", "diff.md"), "utf8");
  JSON.parse(stdout, (key, part) => {
    if (key !== "" && !/^\d+$/.test(key)) {
      assert.ok(docs.includes(`\`${key}\``), `docs/diff.md does not name "${key}"`);
    }
    return part;
  });
});

Deno.test("--md is Markdown with the same findings, and commands that work as printed", () => {
  const { status, stdout, stderr } = diff("before", "after", "--md");
  assert.deepEqual([status, stderr], [0, ""]);
  assert.match(
    stdout,
    /^# profsrv diff\n\nBefore: `before`, 400 requests\. After: `after`, 400 requests\.\n\n- Slower function: hash/,
  );
  assert.match(stdout, /\| `hash` \| `\/elsewhere\/server\.js:40` \| .* \| `POST \/login` \| slower \|\n/);
  const [program = "", ...own] = forms.executable;
  const commands = stdout.match(/(?<=^ {4}profsrv ).*/gm) ?? [];
  assert.equal(commands.length, 2);
  for (const command of commands) {
    assert.equal(spawnSync(program, [...own, ...command.split(" ")], { cwd: directory }).status, 0, command);
  }
});

Deno.test("what is no run is refused in one sentence that quotes it", () => {
  mkdirSync(join(directory, "empty"));
  mkdirSync(join(directory, "damaged"));
  writeFileSync(join(directory, "damaged", "run.json"), "{");
  writeFileSync(join(directory, "file"), "");
  for (
    const [path, reason] of [
      ["nowhere", /no such directory/],
      ["empty", /there is no run\.json of a run in it/],
      ["damaged", /run\.json/],
      ["file", /\S/],
      ["before/run.json", /\S/],
    ] as const
  ) {
    for (const args of path === "nowhere" ? [["before", path], [path, "before"]] : [["before", path]]) {
      const { status, stdout, stderr } = diff(...args);
      assert.deepEqual([status, stdout], [2, ""], stderr);
      assert.match(stderr, new RegExp(`^profsrv: Cannot compare "${path}": .*\\n$`));
      assert.match(stderr, reason);
    }
  }
});

Deno.test("few requests, none, and a run that has no end are said to be so", () => {
  makeRun(join(directory, "few"), { seed: 4, requests: 20 });
  const few = diff("before", "few", "--fail-over", "1%");
  assert.equal(few.status, 0);
  assert.match(few.stdout, /\nToo few requests to compare: a route needs 40 in each run\.\n/);
  assert.equal(
    few.stderr,
    "profsrv: --fail-over could not tell: no route has enough requests in both runs\n",
  );
  makeRun(join(directory, "none"), { seed: 5, requests: 0 });
  assert.match(diff("none", "none").stdout, /\nNothing to compare: neither run has a finished request\.\n/);
  const path = join(directory, "none", "run.json");
  writeFileSync(path, JSON.stringify({ ...JSON.parse(readFileSync(path, "utf8")), end: null, exit: null }));
  const { stderr } = diff("before", "none");
  assert.match(
    stderr,
    /^profsrv: "none" has no end: the run goes on, or profsrv was killed; .*profsrv report none/,
  );
});

Deno.test("a hostile run commands no terminal, and no link of it is followed; what is gone or damaged is counted", () => {
  const path = join(directory, "hostile");
  makeRun(path, { seed: 6, requests: 100, route: "/\u001b[31m|`x`\n" });
  rmSync(join(path, "1.folded"));
  writeFileSync(join(path, "3.folded"), "\u0000");
  let unreadable = 1;
  if (process.platform !== "win32") {
    rmSync(join(path, "5.folded"));
    symlinkSync(join(directory, "before", "5.folded"), join(path, "5.folded"));
    unreadable++;
  }
  writeFileSync(join(path, "index.ndjson"), readFileSync(join(path, "index.ndjson"), "utf8") + "{}\n{}\n");
  for (const shape of [[], ["--md"]]) {
    const { status, stdout, stderr } = diff("before", "hostile", ...shape);
    assert.equal(status, 0);
    // deno-lint-ignore no-control-regex
    assert.doesNotMatch(stdout, /[\x00-\x09\x0b-\x1f]/);
    assert.match(stdout, /hostile: 1 profile that the index names is gone\./);
    assert.match(stdout, new RegExp(`hostile: ${unreadable} profiles? cannot be read\\.`));
    assert.match(stderr, /^profsrv: "hostile": 2 lines of its index\.ndjson are damaged and left out\n$/);
  }
});
