/** What a run's reader says of what it may not read, cannot find, or finds in another's place: each names the file that is the cause. */
import assert from "node:assert/strict";
import { spawnSync, type SpawnSyncReturns } from "node:child_process";
import { chmodSync, chownSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { runRecord } from "../../src/store/run_file.ts";
import { entryOf, totalsOf } from "../cli/entries.ts";
import { forms } from "../support/profiled.ts";

const NOBODY = 65534;
const FOLDED = ["--format", "folded", "--out", "out"];

/** What each directory is made into. */
const DIRECTORIES: Readonly<Record<string, (path: string) => void>> = {
  sound: () => {},
  "no-run": (path) => chmodSync(join(path, "run.json"), 0),
  "no-index": (path) => chmodSync(join(path, "index.ndjson"), 0),
  "no-routes": (path) => {
    writeFileSync(join(path, "routes.pb.gz"), "");
    chmodSync(join(path, "routes.pb.gz"), 0);
  },
  "lost-index": (path) => rmSync(join(path, "index.ndjson")),
  closed: (path) => chmodSync(path, 0),
};

const REFUSED: readonly (readonly [args: readonly string[], sentence: string])[] = [
  [["report", "no-run"], 'Cannot report on "no-run": its run.json cannot be read: permission denied'],
  [["report", "no-index"], 'Cannot report on "no-index": its index.ndjson cannot be read: permission denied'],
  [["report", "closed"], 'Cannot report on "closed": its run.json cannot be read: permission denied'],
  [["diff", "sound", "no-run"], 'Cannot compare "no-run": its run.json cannot be read: permission denied'],
  [
    ["diff", "no-index", "sound"],
    'Cannot compare "no-index": its index.ndjson cannot be read: permission denied',
  ],
  [["diff", "sound", "file"], `Cannot compare "file": it is a file, expected a run's directory`],
  [
    ["diff", "sound/run.json", "sound"],
    `Cannot compare "sound/run.json": it is a file, expected a run's directory`,
  ],
  [
    ["convert", "no-routes", "--merge", ...FOLDED],
    'Cannot merge "no-routes": its routes.pb.gz cannot be read: permission denied',
  ],
  [
    ["convert", "sound", "--format", "folded", "--out", "file/x"],
    'Cannot write to "file/x": "file" is not a directory',
  ],
  // The index is at fault, not the page's file.
  [
    ["view", "no-index", "--html", "x.html"],
    'Cannot show "no-index": its index.ndjson cannot be read: permission denied',
  ],
  [["view", "sound", "--html", "file/x.html"], 'Cannot write "file/x.html": "ROOT/file" is not a directory'],
  [["view", "", "--html", "x.html"], 'Cannot show "": expected a directory'],
];

Deno.test({
  name: "what cannot be read is named with the reason",
  ignore: process.platform === "win32",
  fn: () => {
    const root = mkdtempSync(join(tmpdir(), "profsrv-test-"));
    try {
      writeFileSync(join(root, "file"), "");
      for (const [name, change] of Object.entries(DIRECTORIES)) makeRun(join(root, name), change);
      chmodSync(root, 0o777);
      for (const [args, sentence] of REFUSED) {
        const { status, stdout, stderr } = run(root, args);
        const said = `profsrv: ${sentence.replace("ROOT", root)}\n`;
        assert.deepEqual([stdout, stderr], ["", said], args.join(" "));
        assert.notEqual(status, 0, args.join(" "));
      }
      const report = run(root, ["report", "no-routes"]);
      assert.deepEqual([report.status, report.stderr], [
        0,
        "profsrv: its routes.pb.gz cannot be read: permission denied\n",
      ]);
      const diff = run(root, ["diff", "sound", "lost-index"]);
      const said = '"lost-index": its index.ndjson is missing or empty, and run.json counts 1 request';
      assert.deepEqual([diff.status, diff.stderr], [0, `profsrv: ${said}\n`]);
    } finally {
      for (const name of readdirSync(root)) chmodSync(join(root, name), 0o700);
      rmSync(root, { recursive: true, force: true });
    }
  },
});

function makeRun(path: string, change: (path: string) => void): void {
  mkdirSync(path);
  const start = { run: "a", version: "0.1.0", command: ["node", "server.js"], interval: 1000 };
  const record = runRecord(start, totalsOf({ requests: 1 }), {
    exit: { code: 0 },
    runtimes: ["node 24.0.0"],
  });
  writeFileSync(join(path, "run.json"), JSON.stringify(record));
  writeFileSync(join(path, "index.ndjson"), `${JSON.stringify(entryOf({ files: ["1.folded"] }))}\n`);
  writeFileSync(join(path, "1.folded"), "handle 1000\n");
  if (isRoot()) {
    for (const name of ["", ...readdirSync(path)]) {
      chownSync(join(path, name), NOBODY, NOBODY);
    }
  }
  change(path);
  if (isRoot()) { for (const name of readdirSync(path)) chownSync(join(path, name), NOBODY, NOBODY); }
}

/** Runs profsrv as one who may not read everything. */
function run(cwd: string, args: readonly string[]): SpawnSyncReturns<string> {
  const [program = "", ...own] = forms.executable;
  const identity = isRoot() ? { uid: NOBODY, gid: NOBODY } : {};
  return spawnSync(program, [...own, ...args], { cwd, encoding: "utf8", ...identity });
}

function isRoot(): boolean {
  return process.getuid?.() === 0;
}
