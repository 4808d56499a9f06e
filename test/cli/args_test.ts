import assert from "node:assert/strict";
import { parseArguments } from "../../src/cli/args.ts";
import { UsageError } from "../../src/cli/split.ts";
import { EVERYTHING } from "../../src/collector/request_filter.ts";

/** A command line, and what it means: the options that differ from the standard, and the command. */
const good: [argv: string[], expected: Record<string, unknown>][] = [
  [["node", "s.js"], { command: ["node", "s.js"] }],
  [["--", "node", "s.js"], { command: ["node", "s.js"] }],
  [["--", "--help"], { command: ["--help"] }],
  [["node", "s.js", "--help"], { command: ["node", "s.js", "--help"] }],
  [["node", "--", "--quiet"], { command: ["node", "--", "--quiet"] }],
  [["--quiet", "node", "--interval", "5"], { command: ["node", "--interval", "5"], quiet: true }],
  [["--quiet", "--quiet", "node"], { command: ["node"], quiet: true }],
  [["-", "x"], { command: ["-", "x"] }],
  [["--prof-path", "/a", "--quiet", "node"], { command: ["node"], profPath: "/a", quiet: true }],
  [["--prof-path", "/a", "--interval", "50", "--quiet", "node"], {
    command: ["node"],
    profPath: "/a",
    interval: 50,
    quiet: true,
  }],
  [["--prof-path", "a b", "node"], { command: ["node"], profPath: "a b" }],
  [["--prof-path=a=b", "node"], { command: ["node"], profPath: "a=b" }],
  [["--prof-path==x", "node"], { command: ["node"], profPath: "=x" }],
  [["--prof-path=-x", "node"], { command: ["node"], profPath: "-x" }],
  [["--prof-path", "007", "node"], { command: ["node"], profPath: "007" }],
  [["--prof-path", "1e3", "node"], { command: ["node"], profPath: "1e3" }],
  [["--prof-path", "true", "node"], { command: ["node"], profPath: "true" }],
  [["--prof-path", "é/日本", "node"], { command: ["node"], profPath: "é/日本" }],
  [["--prof-path", "two\nlines", "node"], { command: ["node"], profPath: "two\nlines" }],
  [["--prof-path", "a", "--prof-path", "b", "node"], { command: ["node"], profPath: "b" }],
  [["--prof-file", "{time}", "node"], { command: ["node"], template: "{time}" }],
  [["--prof-file={path:a<9}", "--", "node"], { command: ["node"], template: "{path:a<9}" }],
  [["--interval", "250", "node"], { command: ["node"], interval: 250 }],
  [["--interval=50", "node"], { command: ["node"], interval: 50 }],
  [["--format", "folded, pprof,folded", "node"], { command: ["node"], formats: "folded,pprof" }],
  [["--kcachegrind", "--", "node"], { command: ["node"], formats: "callgrind" }],
  [["--kcachegrind", "--format=pprof,callgrind", "node"], { command: ["node"], formats: "pprof,callgrind" }],
  [["--min-duration", "2.5", "node"], { command: ["node"], filter: { ...EVERYTHING, minDuration: 2.5 } }],
  [["--nomedia", "--errors", "node"], {
    command: ["node"],
    filter: { ...EVERYTHING, nomedia: true, errors: true },
  }],
  [["--sample", "1/20", "node"], { command: ["node"], filter: { ...EVERYTHING, sample: 0.05 } }],
  [["--sample=.25", "node"], { command: ["node"], filter: { ...EVERYTHING, sample: 0.25 } }],
  [["--sample=0", "node"], { command: ["node"], filter: { ...EVERYTHING, sample: 0 } }],
  [["--trigger", "X-Profile", "node"], {
    command: ["node"],
    filter: { ...EVERYTHING, triggered: true },
    trigger: { name: "X-Profile" },
  }],
  [["--trigger=p=abc", "node"], {
    command: ["node"],
    filter: { ...EVERYTHING, triggered: true },
    trigger: { name: "p", digest: "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad" },
  }],
  [["--on-listen", "curl :$PORT; true", "node"], { command: ["node"], onListen: "curl :$PORT; true" }],
  [["--max-files", "0", "node"], { command: ["node"], maxFiles: 0 }],
  [["--max-size", "500MB", "node"], { command: ["node"], maxSize: 500_000_000 }],
  [["--max-size", "1.5 KiB", "node"], { command: ["node"], maxSize: 1536 }],
  [["--interval=1000000", "node"], { command: ["node"], interval: 1_000_000 }],
];

for (const [argv, expected] of good) {
  Deno.test(`profsrv ${argv.join(" ")} is understood`, () => {
    const { template, formats, given: _given, shownCommand: _shown, redaction: _redaction, ...rest } =
      parseArguments(argv) as Record<string, unknown>;
    const text = (template as { text: string }).text;
    const ids = (formats as { id: string }[]).map(({ id }) => id).join();
    const standard = {
      kind: "run",
      quiet: false,
      interval: 1000,
      template: "{path}.{duration:06d}ms.{time}",
      formats: "cpuprofile",
      filter: EVERYTHING,
      maxFiles: 10_000,
      maxSize: 2 ** 30,
    };
    assert.deepEqual({ ...rest, template: text, formats: ids }, { ...standard, ...expected });
  });
}

Deno.test("help and version win over everything else that is well-formed", () => {
  assert.deepEqual(parseArguments(["--help"]), { kind: "help" });
  assert.deepEqual(parseArguments(["-h", "node"]), { kind: "help" });
  assert.deepEqual(parseArguments(["--version"]), { kind: "version" });
  assert.deepEqual(parseArguments(["-v"]), { kind: "version" });
  assert.deepEqual(parseArguments(["--quiet", "--help", "--interval", "1"]), { kind: "help" });
});

/** A wrong command line, and the one sentence about it. */
const bad: [argv: string[], sentence: string][] = [
  [[], "Nothing to run: expected a command, as in profsrv node server.js"],
  [["--"], "Nothing to run: expected a command, as in profsrv node server.js"],
  [["--quiet"], "Nothing to run: expected a command, as in profsrv node server.js"],
  [["--prof-pth", "x", "node"], 'Unknown option "--prof-pth"; did you mean --prof-path?'],
  [["--prof_path=x", "node"], 'Unknown option "--prof_path"; did you mean --prof-path?'],
  [["--Quiet", "node"], 'Unknown option "--Quiet"; did you mean --quiet?'],
  [["--int=5", "node"], 'Unknown option "--int"; did you mean --interval?'],
  [["--banana", "node"], 'Unknown option "--banana"; profsrv --help lists the options'],
  [["--__proto__=1", "node"], 'Unknown option "--__proto__"; profsrv --help lists the options'],
  [["--no-quiet", "node"], 'Unknown option "--no-quiet"; profsrv --help lists the options'],
  [["-q", "node"], 'Unknown option "-q"; profsrv --help lists the options'],
  [["-quiet", "node"], 'Unknown option "-quiet"; did you mean --quiet?'],
  [["---quiet", "node"], 'Unknown option "---quiet"; did you mean --quiet?'],
  [["--quiet=yes", "node"], '--quiet takes no value, but got "yes"'],
  [["--prof-path"], "--prof-path needs a value: --prof-path DIR"],
  [["--prof-path", "--quiet", "node"], "--prof-path needs a value: --prof-path DIR"],
  [["--prof-path=", "node"], "--prof-path is empty: --prof-path DIR"],
  [["--prof-path", "", "node"], "--prof-path is empty: --prof-path DIR"],
  [["--on-listen=", "node"], "--on-listen is empty: --on-listen CMD"],
  [["--redact=", "node"], "--redact is empty: --redact NAMES"],
  [["--redact", "all,x", "node"], '--redact "all,x": "all" stands alone, without other names'],
  [
    ["--redact", "x,,y", "node"],
    '--redact "x,,y": expected names by comma, "all" or "none", but "" is no name',
  ],
  [
    ["--redact", "x,[]", "node"],
    '--redact "x,[]": expected names by comma, "all" or "none", but "[]" is no name',
  ],
  [["--interval", "node"], '--interval "node": expected whole microseconds from 50 to 1000000'],
  ...["0", "49", "1000001", "1.5", "1e3", "-5", " 100", "0x64", "١٠٠", "1000us", "99999999999999999999"].map((
    it,
  ): [string[], string] => [
    [`--interval=${it}`, "node"],
    `--interval "${it}": expected whole microseconds from 50 to 1000000`,
  ]),
];

for (const [argv, sentence] of bad) {
  Deno.test(`profsrv ${argv.join(" ")} is refused in one sentence`, () => {
    assert.throws(() => parseArguments(argv), (error) => {
      assert.ok(error instanceof UsageError);
      assert.equal(error.message, sentence);
      return true;
    });
  });
}

Deno.test("a bad template is refused with the template and the position", () => {
  assert.throws(
    () => parseArguments(["--prof-file", "{path}.{nope}", "node"]),
    (error) => error instanceof UsageError && /"\{path\}\.\{nope\}".*position/.test(error.message),
  );
});

Deno.test("what is written of a command line has no secrets in it, and means the same to a run that is recovered", () => {
  const own = ["--redact", "pin", "--trigger", "p=S", "--on-listen", "PIN=S curl", "--quiet"];
  const run = parseArguments([...own, "--", "node", "s.js", "--pin=S", "--token=x"]);
  assert.ok(run.kind === "run");
  assert.deepEqual(run.command, ["node", "s.js", "--pin=S", "--token=x"]);
  assert.deepEqual(run.shownCommand, ["node", "s.js", "--pin=***", "--token=x"]);
  assert.deepEqual(run.given, ["--redact=pin", "--trigger=p", "--on-listen=PIN=*** curl", "--quiet"]);
  const again = parseArguments([...run.given, "--", ...run.shownCommand]);
  assert.ok(again.kind === "run");
  assert.deepEqual([again.given, again.shownCommand], [run.given, run.shownCommand]);
  assert.equal(again.redaction.url("/?pin=1&token=2"), "/?pin=***&token=2");
});

Deno.test("the command line of runs", () => {
  const hour = 3600_000;
  const ages: readonly (readonly [string, number])[] = [
    ["7d", 168 * hour],
    ["12h", 12 * hour],
    ["1.5h", 1.5 * hour],
    ["30m", hour / 2],
    ["0", 0],
  ];
  assert.deepEqual(parseArguments(["runs"]), { kind: "runs" });
  for (const [age, remove] of ages) {
    assert.deepEqual(parseArguments(["runs", "--remove", age]), { kind: "runs", remove });
  }
  assert.deepEqual(parseArguments(["runs", "--help"]), { kind: "help", of: "runs" });
  for (const age of ["7", "7w", "d", "1 d", "7d x", "1e3d"]) {
    assert.throws(() => parseArguments(["runs", "--remove", age]), {
      message: `--remove "${age}": expected an age, as in 7d, 12h, 30m or 0`,
    });
  }
  assert.throws(
    () => parseArguments(["runs", "profiles"]),
    /Cannot list "profiles": profsrv runs takes no directory/,
  );
  const run = parseArguments(["--", "runs"]);
  assert.deepEqual(run.kind === "run" && run.command, ["runs"]);
});
