/** Files that wait while a server is under load: their names are in the index already. */
import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { formats } from "../../src/formats/mod.ts";
import { parseTemplate } from "../../src/naming/mod.ts";
import { promiseName } from "../../src/files/exclusive_file.ts";
import { ProfileFiles, type ProfileFilesOptions } from "../../src/store/profile_files.ts";
import { SpareTime } from "../../src/store/spare_time.ts";
import { requestProfileOf } from "../support/folded.ts";

/** None is left, for all cores are busy and the clock stands still. */
function nothingToSpare(): SpareTime {
  let at = 0;
  const spare = new SpareTime(() => at, () => 0);
  spare.use(() => at = 10_000);
  return spare;
}

function inFiles(
  own: Partial<ProfileFilesOptions>,
  use: (files: ProfileFiles, directory: string, add: (duration: number, route?: string) => string[]) => void,
): void {
  const directory = mkdtempSync(join(tmpdir(), "profsrv-test-"));
  try {
    const files = new ProfileFiles({
      directory,
      template: parseTemplate("{path}"),
      formats: formats.slice(0, 1),
      maxFiles: 100,
      maxSize: 1e6,
      spare: nothingToSpare(),
      ...own,
    });
    const profile = requestProfileOf("a;b 300\n- 200", { url: "/x" });
    use(files, directory, (rank, route = "GET /x") => files.add({ profile, route, rank }));
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

const run = (work: Iterable<void>) => [...work].length;
const writeAll = (files: ProfileFiles) => {
  files.hurry();
  return run(files.writeWaiting());
};

Deno.test("without spare time files wait, each with a name of its own, and all are written in the end", () =>
  inFiles({}, (files, directory, add) => {
    writeFileSync(join(directory, "X-2.cpuprofile"), "foreign");
    assert.deepEqual([add(1), add(2), add(3)].flat(), ["x.cpuprofile", "x-3.cpuprofile", "x-4.cpuprofile"]);
    assert.deepEqual([readdirSync(directory), files.count, run(files.writeWaiting())], [
      ["X-2.cpuprofile"],
      3,
      0,
    ]);
    assert.equal(writeAll(files), 3);
    assert.deepEqual(readdirSync(directory).sort(), [
      "X-2.cpuprofile",
      "x-3.cpuprofile",
      "x-4.cpuprofile",
      "x.cpuprofile",
    ]);
    assert.equal(JSON.parse(readFileSync(join(directory, "x-3.cpuprofile"), "utf8")).profsrv.url, "/x");
    assert.deepEqual([files.count, files.failures, files.limited], [3, 0, 0]);
  }));

Deno.test("with spare time nothing waits", () =>
  inFiles({ spare: new SpareTime(() => 0, () => 0) }, (_, directory, add) => {
    assert.deepEqual(add(1), readdirSync(directory));
  }));

Deno.test("a file that has to make room before it is written never is", () =>
  inFiles({ maxFiles: 2 }, (files, directory, add) => {
    const [fastest] = add(1);
    const slower = [...add(3), ...add(2)];
    assert.deepEqual([files.count, files.limited, writeAll(files)], [2, 1, 2]);
    assert.deepEqual(readdirSync(directory).sort(), slower.sort());
    assert.ok(!readdirSync(directory).includes(fastest!));
  }));

Deno.test("files that turn out larger than was expected make room, and the limit holds", () =>
  inFiles({ maxSize: 1500 }, (files, directory, add) => {
    for (let i = 1; i <= 5; i++) add(i);
    writeAll(files);
    assert.ok(files.size <= 1500, String(files.size));
    assert.equal(readdirSync(directory).length, files.count);
    assert.equal(files.count + files.limited, 5);
  }));

Deno.test("who takes a promised name meanwhile keeps it, it is counted, and nothing waits any more", () =>
  inFiles({}, (files, directory, add) => {
    const [name] = add(1);
    writeFileSync(join(directory, name!), "foreign");
    assert.equal(writeAll(files), 1);
    assert.equal(readFileSync(join(directory, name!), "utf8"), "foreign");
    assert.deepEqual([files.count, files.failures], [0, 1]);
    assert.match(String(files.lastError), /"x\.cpuprofile" was taken by somebody else/);
    assert.deepEqual([name, ...add(2)].sort(), readdirSync(directory).sort());
  }));

Deno.test("what is given up is counted as not written", () =>
  inFiles({}, (files, directory, add) => {
    add(1);
    files.forgetWaiting();
    assert.deepEqual([files.count, files.failures, writeAll(files)], [0, 1, 0]);
    assert.deepEqual(readdirSync(directory), []);
  }));

Deno.test("where no name can be had nothing waits, and nothing counts", () =>
  inFiles({}, (files, directory, add) => {
    rmSync(directory, { recursive: true });
    assert.deepEqual([add(1), files.count, files.failures, files.size], [[], 0, 1, 0]);
    assert.equal(writeAll(files), 0);
  }));

Deno.test("a name that is taken is not promised again when too many are remembered", () =>
  inFiles({}, (files, directory, add) => {
    const [first] = add(1);
    writeAll(files);
    for (let i = 0; i < 20_001; i++) promiseName(directory, (n) => `other-${i}-${n}`);
    const second = promiseName(directory, (n) => n === 1 ? first! : `x-${n}.cpuprofile`);
    assert.notEqual(second, first);
  }));

Deno.test("no more than 10,000 requests and 200,000 samples wait", () =>
  inFiles({ maxFiles: 20_000, maxSize: 1e9 }, (_, directory, add) => {
    for (let i = 0; i < 10_010; i++) add(i);
    assert.equal(readdirSync(directory).length, 10);
  }));

Deno.test("spare time is a twentieth of a core where none is idle, and what is idle but half a core elsewhere", () => {
  const gained = (idleCores: number) => {
    let at = 0;
    const spare = new SpareTime(() => at, () => at * idleCores);
    at += 500;
    spare.isLeft();
    spare.use(() => at += 10_000);
    const from = at - 10_000;
    while (!spare.isLeft()) at += 10;
    return 9_900 / (at - from);
  };
  assert.ok(Math.abs(gained(0) - 0.05) < 0.001, String(gained(0)));
  assert.ok(Math.abs(gained(0.8) - 0.3) < 0.01, String(gained(0.8)));
  assert.ok(Math.abs(gained(7) - 1) < 0.02, String(gained(7)));
});
