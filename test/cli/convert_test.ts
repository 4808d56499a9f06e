import assert from "node:assert/strict";
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { parseArguments } from "../../src/cli/args.ts";
import { plain } from "../../src/cli/colours.ts";
import { convert } from "../../src/cli/convert.ts";
import { formatOf, formats } from "../../src/formats/mod.ts";
import { exitCodeOf } from "../../src/launch/mod.ts";
import { NO_COST } from "../../src/protocol/messages.ts";
import { requestProfileOf } from "../support/folded.ts";

const subject = requestProfileOf("a;b 10\n - 5\n c 20");

function contentOf(id: string): string | Uint8Array {
  return formatOf(id)!.write(subject);
}

interface Converted {
  readonly code: number;
  /** All files after it, sorted. */
  readonly files: string[];
  readonly said: string[];
  text(name: string): string;
}

/** Converts in a directory with these files; `@` in the arguments is the directory. */
async function converted(
  files: Readonly<Record<string, string | Uint8Array>>,
  args: string,
  check: (result: Converted) => void,
): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), "profsrv-test-"));
  try {
    for (const [name, content] of Object.entries(files)) {
      mkdirSync(join(directory, name, ".."), { recursive: true });
      writeFileSync(join(directory, name), content);
    }
    const request = parseArguments(["convert", ...args.split(" ").map((it) => it.replace("@", directory))]);
    assert.ok(request.kind === "convert");
    const said: string[] = [];
    const say = (text: string): void => void said.push(text.replaceAll(directory, "@").replaceAll("\\", "/"));
    const exit = await convert(request, {
      paint: plain,
      width: () => undefined,
      say,
      notice: say,
      error: say,
    });
    for (const signal of ["SIGINT", "SIGTERM"]) process.removeAllListeners(signal);
    check({
      code: exitCodeOf(exit, process.platform),
      files: (readdirSync(directory, { recursive: true, withFileTypes: true }))
        .filter((it) => it.isFile())
        .map((it) => join(it.parentPath, it.name).slice(directory.length + 1).replaceAll("\\", "/")).sort(),
      said,
      text: (name) => readFileSync(join(directory, name), "utf8"),
    });
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

Deno.test("a file is written beside itself in every format that is asked for", () =>
  converted(
    { "a.b.cpuprofile": contentOf("cpuprofile") },
    "@/a.b.cpuprofile --format folded,callgrind",
    ({ code, files, said, text }) => {
      assert.deepEqual([code, files], [0, ["a.b.callgrind", "a.b.cpuprofile", "a.b.folded"]]);
      assert.deepEqual(said, ["wrote @/a.b.folded", "wrote @/a.b.callgrind"]);
      assert.equal(text("a.b.folded"), contentOf("folded"));
      assert.equal(text("a.b.callgrind"), contentOf("callgrind"));
    },
  ));

Deno.test("no file is ever overwritten", () =>
  converted(
    { "a.folded": "x 1\n", "a-2.folded": "", "a.cpuprofile": contentOf("cpuprofile") },
    "--format folded @/a.cpuprofile",
    ({ code, files, text }) => {
      assert.deepEqual([code, files], [0, ["a-2.folded", "a-3.folded", "a.cpuprofile", "a.folded"]]);
      assert.deepEqual([text("a.folded"), text("a-3.folded")], ["x 1\n", contentOf("folded")]);
    },
  ));

Deno.test("--out is made, and keeps the directories of what is read", () =>
  converted(
    {
      "in/a.cpuprofile": contentOf("cpuprofile"),
      "in/deep/er/b.speedscope.json": contentOf("speedscope"),
      "in/deep/c.pb.gz": contentOf("pprof"),
      "in/index.ndjson": "{}\n",
      "in/run.json": "{}\n",
    },
    "@/in --format folded --out @/x/y",
    ({ code, files, said }) => {
      assert.equal(code, 0);
      assert.deepEqual(files.filter((it) => it.startsWith("x/")), [
        "x/y/a.folded",
        "x/y/deep/c.folded",
        "x/y/deep/er/b.folded",
      ]);
      assert.deepEqual(said, ["3 profiles converted, 3 files written"]);
    },
  ));

Deno.test("of one profile in several formats the best is read, and what is there is not written again", () =>
  converted(
    {
      "a.cpuprofile": contentOf("cpuprofile"),
      "a.folded": "damaged",
      "a.callgrind": "",
      "b.folded": "x 1\n",
    },
    "@ --format folded,pprof",
    ({ code, files, said }) => {
      assert.deepEqual([code, said], [0, ["2 profiles converted, 2 files written"]]);
      assert.deepEqual(files, ["a.callgrind", "a.cpuprofile", "a.folded", "a.pb.gz", "b.folded", "b.pb.gz"]);
    },
  ));

Deno.test("a second time there is nothing left to write", () =>
  converted({ "a.folded": "x 1\n" }, "@ --format folded", ({ code, files, said }) => {
    assert.deepEqual([code, files], [0, ["a.folded"]]);
    assert.deepEqual(said, ["0 profiles converted, 0 files written, 1 profile there already"]);
  }));

Deno.test("bad files of a directory are named, the others converted", () =>
  converted(
    { "a.cpuprofile": "{", "b.cpuprofile": "[]", "c.folded": "x 1\n", "d.pb.gz": "" },
    "@ --format speedscope",
    ({ code, files, said }) => {
      assert.equal(code, 1);
      assert.ok(files.includes("c.speedscope.json") && files.length === 5);
      assert.equal(said.length, 4);
      assert.match(
        said[0]!,
        /^Cannot convert "@\/a\.cpuprofile": it is not JSON, .*expected a CPU profile of V8/,
      );
      assert.match(said[1]!, /^Cannot convert "@\/b\.cpuprofile": /);
      assert.match(said[2]!, /^Cannot convert "@\/d\.pb\.gz": it is not gzipped, expected/);
      assert.equal(said[3], "1 profile converted, 1 file written, 3 could not be converted");
    },
  ));

/** What may lie in a run's directory beside the profile "a", and what is said of it. */
const LEFT_OUT = " left out, as callgrind holds sums by function and call, not the stacks that are needed";
const beside: readonly (readonly [string, Readonly<Record<string, string | Uint8Array>>, string])[] = [
  [
    "callgrind's own names",
    { "callgrind.out.a.callgrind": "x", "callgrind.out.b.callgrind": "x" },
    `, 2${LEFT_OUT}`,
  ],
  ["callgrind below", { "below/c.callgrind": "x" }, `, 1${LEFT_OUT}`],
  ["callgrind of the same profile", { "a.callgrind": "x" }, ""],
  ["hidden files of others", { "._a.cpuprofile": "\0\x05\x16\x07", "below/.DS_Store.folded": "\0" }, ""],
  ["what belongs to a run", { "run.json": "{}", "index.ndjson": "{}\n", "report.html": "<p>" }, ""],
];
for (const [what, files, saidToo] of beside) {
  Deno.test(`a directory is converted that also holds ${what}`, () =>
    converted({ "a.folded": "x 1\n", ...files }, "@ --format pprof", ({ code, files: after, said }) => {
      assert.deepEqual([code, said], [0, [`1 profile converted, 1 file written${saidToo}`]]);
      assert.deepEqual(after, [...Object.keys(files), "a.folded", "a.pb.gz"].sort());
    }));
}

/** A path, and what is said of it. */
const refused: readonly (readonly [string, RegExp])[] = [
  ["@/a.cpuprofile", /^Cannot convert "@\/a\.cpuprofile": it is not JSON/],
  ["@/a.callgrind", /^Cannot convert "@\/a\.callgrind": callgrind holds sums/],
  ["@/a.txt", /^Cannot convert "@\/a\.txt": unknown kind of file, expected one named \.cpuprofile /],
  ["@/none.folded", /^Cannot read "@\/none\.folded": there is no such file or directory$/],
  ["@/empty", /^Nothing to convert in "@\/empty": it has no profiles, expected files named \.cpuprofile /],
  [
    "@/sums",
    /^Nothing to convert in "@\/sums": callgrind holds sums .*not the stacks.*, expected files named \.cpuprofile /,
  ],
];
for (const [path, message] of refused) {
  Deno.test(`one bad file is named, and nothing written: ${path}`, () =>
    converted(
      { "a.cpuprofile": "", "a.callgrind": "", "a.txt": "", "empty/run.json": "", "sums/a.callgrind": "" },
      `${path} --format folded`,
      ({ code, files, said }) => {
        assert.deepEqual([code, files.length, said.length], [2, 5, 1]);
        assert.match(said[0]!, message);
      },
    ));
}

Deno.test("a directory that cannot be made is said to be so", () =>
  converted(
    { "a.folded": "x 1\n" },
    "@/a.folded --format pprof --out @/a.folded/x",
    ({ code, files, said }) => {
      assert.deepEqual([code, files], [1, ["a.folded"]]);
      assert.match(said[0]!, /^Cannot write to "@\/a\.folded\/x": .*is not a directory/);
    },
  ));

Deno.test("no link in a directory is followed, and that is said; a link that is named is", async () => {
  const directory = mkdtempSync(join(tmpdir(), "profsrv-test-"));
  const said: string[] = [];
  const notice = (text: string): void => void said.push(text);
  const converted = async (path: string) => {
    const request = parseArguments(["convert", path, "--format", "pprof"]);
    assert.ok(request.kind === "convert");
    assert.deepEqual(
      await convert(request, { paint: plain, width: () => undefined, say() {}, notice, error: assert.fail }),
      {
        code: 0,
      },
    );
    return readdirSync(directory).filter((it) => it.endsWith(".gz")).sort();
  };
  try {
    writeFileSync(join(directory, "real"), "x 1\n");
    writeFileSync(join(directory, "b.folded"), "x 1\n");
    symlinkSync(directory, join(directory, "round"));
    symlinkSync(join(directory, "real"), join(directory, "a.folded"));
    assert.deepEqual(await converted(directory), ["b.pb.gz"]);
    assert.deepEqual(said, ["1 profile converted, 1 file written, 1 link not followed"]);
    assert.deepEqual(await converted(join(directory, "a.folded")), ["a.pb.gz", "b.pb.gz"]);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
});

Deno.test("convert's command line: options before and behind the path, nothing else", () => {
  const ids = (words: string) => {
    const request = parseArguments(words.split(" "));
    return request.kind === "convert"
      ? [request.path, request.formats.map(({ id }) => id).join(), request.out, request.quiet]
      : request;
  };
  assert.deepEqual(ids("convert a --format folded"), ["a", "folded", undefined, false]);
  assert.deepEqual(ids("convert --format=pprof,folded --quiet a --out b"), ["a", "pprof,folded", "b", true]);
  assert.deepEqual(ids("convert --format folded -- --a"), ["--a", "folded", undefined, false]);
  assert.deepEqual(ids("convert --help"), { kind: "help", of: "convert" });
  assert.deepEqual(ids("convert a -h"), { kind: "help", of: "convert" });
  for (
    const [words, message] of [
      ["convert", /Nothing to convert: expected a file or a directory/],
      [
        "convert a",
        /Cannot convert "a" without a format: expected --format and one of cpuprofile, callgrind/,
      ],
      ["convert a b --format folded", /Cannot convert "a" and "b" at once/],
      ["convert a --format x", /--format "x": expected cpuprofile, callgrind/],
      ["convert a --prof-path x", /Unknown option "--prof-path"; profsrv convert --help/],
      ["convert a --ouy x", /did you mean --out\?/],
    ] as const
  ) assert.throws(() => ids(words), message, words);
});

Deno.test("a command that is called convert is run behind --", () => {
  for (const words of ["-- convert a b", "--quiet -- convert a b"]) {
    const request = parseArguments(words.split(" "));
    assert.ok(request.kind === "run");
    assert.deepEqual(request.command, ["convert", "a", "b"]);
  }
});

Deno.test("every pair of formats with a unit in common can be converted, but for callgrind as source", async () => {
  for (const from of formats.filter(({ read }) => read !== undefined)) {
    const to = formats.filter(({ units }) => units.includes(from.units[0]!));
    await converted(
      { [`x${from.extension}`]: contentOf(from.id) },
      `@ --out @/to --format ${to.map(({ id }) => id).join()}`,
      ({ code, files }) => assert.deepEqual([code, files.length], [0, 1 + to.length]),
    );
  }
});

Deno.test("a format that cannot hold what was measured is refused in one sentence", async () => {
  for (
    const [from, to, unit] of [["heapprofile", "cpuprofile", "allocated bytes"], [
      "folded",
      "heapprofile",
      "CPU time",
    ]]
  ) {
    const { extension } = formatOf(from!)!;
    await converted(
      { [`x${extension}`]: contentOf(from!) },
      `@/x${extension} --format ${to}`,
      ({ code, said }) => {
        assert.equal(code, 2);
        assert.match(said.join(), new RegExp(`Cannot convert ".*": it holds ${unit}, which ${to} cannot`));
      },
    );
  }
});

Deno.test("folded stacks in the directory of a run are what the run measured", async () => {
  const { profile } = subject;
  const bytes = profile.samples.time.reduce((sum, time) => sum + time, 0);
  const counts = {
    totals: { requests: 1, files: 1, limited: 0, processes: 1 },
    attribution: { attributed: 0, unattributed: 0, idle: 0 },
    cost: NO_COST,
    drops: { windows: 0, requests: 0, switches: 0, unreadable: 0, unwritten: 0, unlisted: 0 },
  };
  const start = "2026-11-28T10:00:00.000Z";
  const run = {
    v: 1,
    profsrv: "0.1.0",
    command: ["node"],
    start,
    end: start,
    exit: {},
    ...counts,
    profiler: "heap",
  };
  await converted(
    { "run.json": JSON.stringify(run), "x.folded": contentOf("folded") },
    "@ --format heapprofile,speedscope",
    ({ code, text }) => {
      assert.equal(code, 0);
      const { samples } = JSON.parse(text("x.heapprofile"));
      assert.equal(samples.reduce((sum: number, { size }: { size: number }) => sum + size, 0), bytes);
      assert.equal(JSON.parse(text("x.speedscope.json")).profiles[0].unit, "bytes");
    },
  );
});
