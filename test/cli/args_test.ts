import assert from "node:assert/strict";
import { homedir } from "node:os";
import { join } from "node:path";
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
  [["--kcachegrind", "--", "node"], {
    command: ["node"],
    formats: "callgrind",
    template: "callgrind.out.{path}.{duration:06d}ms.{time}",
  }],
  [["--kcachegrind", "--prof-file", "{path}", "--format=pprof,callgrind", "node"], {
    command: ["node"],
    formats: "pprof,callgrind",
    template: "{path}",
  }],
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
  [["--interval=1ms", "node"], { command: ["node"], interval: 1000 }],
  [["--interval", "1.1ms", "node"], { command: ["node"], interval: 1100 }],
  [["--interval=250us", "node"], { command: ["node"], interval: 250 }],
  [["--interval=250µs", "node"], { command: ["node"], interval: 250 }],
  [["--min-duration", "5ms", "node"], { command: ["node"], filter: { ...EVERYTHING, minDuration: 5 } }],
  [["--min-duration", "500us", "node"], { command: ["node"], filter: { ...EVERYTHING, minDuration: 0.5 } }],
  [["--min-duration=2s", "node"], { command: ["node"], filter: { ...EVERYTHING, minDuration: 2000 } }],
  [["--sample", "5%", "node"], { command: ["node"], filter: { ...EVERYTHING, sample: 0.05 } }],
  [["--sample", "100%", "node"], { command: ["node"] }],
  [["--max-size", "10B", "node"], { command: ["node"], maxSize: 10 }],
  [["--max-size", "0", "node"], { command: ["node"], maxSize: 0 }],
  [["--prof-path=~/x", "node"], { command: ["node"], profPath: join(homedir(), "x") }],
  [["--prof-path=~", "node"], { command: ["node"], profPath: homedir() }],
  [["--prof-path=./~x", "node"], { command: ["node"], profPath: "./~x" }],
  [["--serial", "node"], { command: ["node"], serial: true }],
  [["--calls", "node"], { command: ["node"], serial: true, calls: true }],
  [["--profiler=cpu", "--serial", "node"], { command: ["node"], serial: true }],
  [["--profiler", "heap", "--profiler", "cpu", "node"], { command: ["node"] }],
  [["--", "view", "x"], { command: ["view", "x"] }],
  [["--quiet", "--", "report"], { command: ["report"], quiet: true }],
  [["node", "view"], { command: ["node", "view"] }],
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
      serial: false,
      profiler: "cpu",
      calls: false,
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
  assert.deepEqual(parseArguments(["help"]), { kind: "help" });
  assert.deepEqual(parseArguments(["help", "runs"]), { kind: "help", of: "runs" });
  assert.deepEqual(parseArguments(["version"]), { kind: "version" });
});

Deno.test("PROFSRV_OPTIONS stands before the options that are given", () => {
  const standing = ` --interval 250 --prof-path 'my dir'\t--only="/a b" --quiet\n`;
  const run = parseArguments(["--interval", "500", "--only", "/c", "node", "s.js"], standing);
  assert.ok(run.kind === "run");
  assert.deepEqual([run.interval, run.profPath, run.quiet, run.filter.only.length], [500, "my dir", true, 2]);
  assert.deepEqual(run.given, [
    "--interval=250",
    "--prof-path=my dir",
    "--only=/a b",
    "--quiet",
    "--interval=500",
    "--only=/c",
  ]);
  assert.equal(parseArguments(["report"], "--quiet").kind, "report");
  for (
    const [text, sentence] of [
      ["--intervall 5", 'Unknown option "--intervall"; did you mean --interval?'],
      ["--interval 5", /^--interval "5": expected whole microseconds/],
      ["--quiet node", '"node" is no option: expected only what stands before the command'],
      ["--", undefined],
      ["--prof-path 'my dir", `"'my" has a quote without its end`],
      ["--prof-path", "--prof-path needs a value: --prof-path DIR"],
    ] as const
  ) {
    const parse = () => parseArguments(["node"], text);
    if (sentence === undefined) parse();
    else {
      assert.throws(parse, (error: Error) => {
        const own = error.message.replace(/^PROFSRV_OPTIONS: /, "");
        assert.notEqual(own, error.message);
        return typeof sentence === "string" ? own === sentence : sentence.test(own);
      });
    }
  }
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
  [
    ["--interval", "-5", "node"],
    '--interval "-5": expected whole microseconds from 50 to 1000000, as in 250, 250us or 1ms',
  ],
  [["--min-duration", "-1", "node"], '--min-duration "-1": expected milliseconds, as in 250, 0.5 or 2s'],
  [
    ["--min-duration", "-.5ms", "node"],
    '--min-duration "-.5ms": expected milliseconds, as in 250, 0.5 or 2s',
  ],
  [
    ["--sample", "101%", "node"],
    '--sample "101%": expected one in N, as in 1/20, or a share from 0 to 1, as in 0.05 or 5%',
  ],
  [["--max-size", "10", "node"], '--max-size "10": expected a size with its unit, as in 500MB or 2GiB'],
  [
    ["--format", "json", "node"],
    '--format "json": expected cpuprofile, callgrind, pprof, speedscope, folded, heapprofile',
  ],
  [
    ["--format", "folded,json", "node"],
    '--format "folded,json": "json" is no format, expected cpuprofile, callgrind, pprof, speedscope, folded, heapprofile',
  ],
  [
    ["--prof-path=~bob/x", "node"],
    '--prof-path "~bob/x": the home of "bob" is not known; a directory of this name is ./~bob/x',
  ],
  [
    ["--quiet", "view", "x"],
    '"view" stands before its options: profsrv view; a command of this name is run by profsrv -- view',
  ],
  [["view", "a", "b"], 'Cannot show "a" and "b" at once: expected one directory'],
  [["view", "--port", "x"], '--port "x": expected a port, 1 to 65535, or 0 for any free one'],
  [["view", "--port", "65536"], '--port "65536": expected a port, 1 to 65535, or 0 for any free one'],
  [
    ["view", "--html", "a.html", "--port", "1"],
    "Cannot write --html and serve at --port at once: expected one of them",
  ],
  [["view", "--top", "5"], "--top is for --html: a page that is served shows all requests"],
  [["view", "--ui"], 'Unknown option "--ui"; profsrv view --help lists the options'],
  [["--ui=", "node"], "--ui is empty: --ui=PORT"],
  [["--ui=x", "node"], '--ui "x": expected a port, 1 to 65535, or 0 for any free one'],
  [
    ["--quiet", "report"],
    '"report" stands before its options: profsrv report; a command of this name is run by profsrv -- report',
  ],
  [
    ["help", "me"],
    'There is no help on "me": expected completion, convert, diff, report, runs or view; a command of the name help is run by profsrv -- help',
  ],
  [
    ["version", "x"],
    'profsrv version takes nothing, but got "x"; a command of this name is run by profsrv -- version',
  ],
  [["--version", "extra"], 'profsrv --version takes nothing, but got "extra"'],
  [["-v", "--", "node"], 'profsrv --version takes nothing, but got "node"'],
  [["report", "--json", "--md"], "Cannot print --json and --md at once: expected one of them"],
  [
    ["report", "--route", "a", "--request", "b"],
    "Cannot report on --route and --request at once: expected one of them",
  ],
  [["report", "--top", "x"], '--top "x": expected a whole number'],
  [
    ["convert", "x"],
    'Cannot convert "x" without a format: expected --format and one of cpuprofile, callgrind, pprof, speedscope, folded, heapprofile, ' +
    "as in profsrv convert x --format speedscope",
  ],
  [["--profiler", "gpu", "node"], '--profiler "gpu": expected cpu or heap'],
  [["--profiler", "Heap", "node"], '--profiler "Heap": expected cpu or heap'],
  [["--profiler", "cpu,heap", "node"], '--profiler "cpu,heap": expected cpu or heap'],
  [["--serial=1", "node"], '--serial takes no value, but got "1"'],
  [
    ["--nothreading", "node"],
    'Unknown option "--nothreading"; --serial does that here: the server handles one request at a time',
  ],
  [
    ["--use-cprofile", "node"],
    'Unknown option "--use-cprofile"; --calls does that here: it counts each call',
  ],
  ...["--no-threading", "--NoThreading"].map((it): [string[], string] => [
    [it, "node"],
    `Unknown option "${it}"; --serial does that here: the server handles one request at a time`,
  ]),
  ...["--use-cProfile", "--use_cprofile"].map((it): [string[], string] => [
    [it, "node"],
    `Unknown option "${it}"; --calls does that here: it counts each call`,
  ]),
  [["--no-reload", "node"], 'Unknown option "--no-reload"; profsrv never restarts the command by itself'],
  [["--noreload", "node"], 'Unknown option "--noreload"; profsrv never restarts the command by itself'],
  [["report", "--nothreading"], 'Unknown option "--nothreading"; profsrv report --help lists the options'],
  ...["0", "63", "1 GB2", "1.5", "-64", "2GiB", "x", "1e3"].map((it): [string[], string] => [
    ["--profiler=heap", `--heap-interval=${it}`, "node"],
    `--heap-interval "${it}": expected bytes from 64 to 1073741824, as in 16384 or 16KiB`,
  ]),
  ...["node", "0", "49", "1000001", "1.5", "1e3", "-5", " 100", "0x64", "١٠٠", "1h", "99999999999999999999"]
    .map((
      it,
    ): [string[], string] => [
      [`--interval=${it}`, "node"],
      `--interval "${it}": expected whole microseconds from 50 to 1000000, as in 250, 250us or 1ms`,
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
