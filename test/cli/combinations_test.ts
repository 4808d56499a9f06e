import assert from "node:assert/strict";
import { parseArguments } from "../../src/cli/args.ts";
import { MEASUREMENTS } from "../../src/cli/combinations.ts";
import { OPTIONS } from "../../src/cli/options.ts";
import { UsageError } from "../../src/cli/split.ts";
import { formats } from "../../src/formats/mod.ts";

/** A sound value for each option that takes one. */
const VALUES: Readonly<Record<string, string>> = {
  "prof-path": "x",
  "prof-file": "{path}",
  interval: "250",
  profiler: "cpu",
  "heap-interval": "16KiB",
  only: "/x",
  skip: "/x",
  "min-duration": "5",
  sample: "1/2",
  trigger: "X",
  "max-files": "5",
  "max-size": "1GB",
  redact: "all",
  "on-listen": "true",
  ui: "0",
};

for (const [name, { flags, isSerial, formats: own, refused }] of Object.entries(MEASUREMENTS)) {
  const words = flags.split(" ");

  Deno.test(`${flags} goes with each option that the table does not refuse, and with no other`, () => {
    for (
      const option of OPTIONS.filter((it) => !["help", "version", "profiler", "format"].includes(it.name))
    ) {
      const word = `--${option.name}${option.value === undefined ? "" : `=${VALUES[option.name]}`}`;
      // What measures something else by itself has a row of its own.
      if (name === "cpu" && option.name === "calls") continue;
      const parse = () => parseArguments([word, ...words, "node"]);
      const reason = Object.entries(refused).find(([it]) => it === option.name)?.[1];
      if (reason === undefined) assert.equal(parse().kind, "run", word);
      else {
        const shown = word.replace(/=(.*)/, ' "$1"');
        assert.throws(parse, new UsageError(`${shown} does not go with ${flags}: ${reason}`));
        const run = parseArguments([...words, "node"], word);
        assert.ok(
          run.kind === "run" && !run.given.some((it) => it === word),
          "left aside where it always stands",
        );
      }
    }
  });

  Deno.test(`${flags} is written in each of its formats, and in no other`, () => {
    for (const { id } of formats) {
      const parse = () => parseArguments([...words, "--format", id, "node"]);
      if ((own as readonly string[]).includes(id)) assert.equal(parse().kind, "run", id);
      else {
        const sentence = `--format "${id}" does not go with ${flags}: expected ${own.join(", ")}`;
        assert.throws(parse, new UsageError(sentence));
      }
    }
    assert.deepEqual(own.filter((id) => !formats.some((it) => it.id === id)), [], "all of them are there");
    const run = parseArguments([...words, "node"]);
    assert.ok(run.kind === "run");
    assert.deepEqual(run.formats.map(({ id }) => id), [own[0]]);
    assert.equal(run.serial, isSerial);
    assert.equal(run.heapInterval, name === "heap" ? 32_768 : undefined);
  });
}

Deno.test("--heap-interval is in bytes, with a unit or without", () => {
  for (const [text, bytes] of [["64", 64], ["16KiB", 16_384], ["1.5kB", 1500], ["1GiB", 2 ** 30]] as const) {
    const run = parseArguments(["--profiler", "heap", "--heap-interval", text, "node"]);
    assert.deepEqual(run.kind === "run" && run.heapInterval, bytes, text);
  }
});

Deno.test("options that are for another profiler are left aside in PROFSRV_OPTIONS, and what is asked for last counts", () => {
  const run = parseArguments(["--profiler", "heap", "node"], "--interval 250 --calls --quiet");
  assert.ok(run.kind === "run");
  assert.deepEqual([run.given, run.calls, run.interval], [["--quiet", "--profiler=heap"], false, 1000]);
  assert.throws(
    () => parseArguments(["--calls", "node"], "--profiler heap"),
    new UsageError("--calls does not go with --profiler heap: calls are counted beside sampled CPU times"),
  );
  const back = parseArguments(
    ["--profiler", "cpu", "--calls", "node"],
    "--profiler heap --heap-interval 4096",
  );
  assert.ok(back.kind === "run");
  assert.deepEqual([back.profiler, back.calls, back.heapInterval], ["cpu", true, undefined]);
});
