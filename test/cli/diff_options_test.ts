import assert from "node:assert/strict";
import { parseArguments } from "../../src/cli/args.ts";
import { diffHelpText } from "../../src/cli/help.ts";
import { DIFF } from "../../src/cli/subcommand_options.ts";
import { UsageError } from "../../src/cli/split.ts";

Deno.test("diff takes two directories, a shape and a limit in percent", () => {
  assert.deepEqual(parseArguments(["diff", "a", "b"]), {
    kind: "diff",
    before: "a",
    after: "b",
    shape: "text",
  });
  assert.deepEqual(parseArguments(["diff", "--md", "a", "--fail-over", "12.5%", "b"]), {
    kind: "diff",
    before: "a",
    after: "b",
    shape: "md",
    failOver: 0.125,
  });
  assert.deepEqual(parseArguments(["diff", "a", "--json", "--fail-over=7", "--", "-b"]), {
    kind: "diff",
    before: "a",
    after: "-b",
    shape: "json",
    failOver: 0.07,
  });
  assert.deepEqual(parseArguments(["diff", "--help"]), { kind: "help", of: "diff" });
});

for (
  const [words, message] of [
    [[], /^Nothing to compare: expected two directories, as in profsrv diff before after$/],
    [["a"], /^Cannot compare "a" with nothing: /],
    [["a", "b", "c"], /^Cannot compare "a", "b" and "c" at once: /],
    [["a", ""], /^Cannot compare "": /],
    [["a", "b", "--json", "--md"], /^--json and --md exclude each other: /],
    [["a", "b", "--fail-over", "ten"], /^--fail-over "ten": expected a percentage, as in 10%$/],
    [["a", "b", "--fail-over=-1"], /^--fail-over "-1": /],
    [["a", "b", "--fail-over"], /^--fail-over needs a value: /],
    [["a", "b", "--jsn"], /did you mean --json\?/],
  ] as const
) {
  Deno.test(`profsrv diff ${words.join(" ")} is refused in one sentence`, () => {
    assert.throws(() => parseArguments(["diff", ...words]), (error: Error) => {
      assert.ok(error instanceof UsageError);
      assert.match(error.message, message);
      return true;
    });
  });
}

Deno.test("the help of diff names every option, fits into 120 columns, and its examples are understood", () => {
  const text = diffHelpText();
  for (const { name } of DIFF.options) assert.ok(text.includes(`--${name}`), name);
  for (const line of text.split("\n")) assert.ok(line.length <= 120, line);
  const examples = text.match(/(?<=^ {2}profsrv )diff.*/gm) ?? [];
  assert.ok(examples.length >= 3);
  for (const example of examples) {
    const words = example.split(/ {3,}| [|>] /)[0]!.trim().split(" ");
    assert.equal(parseArguments(words).kind, "diff", example);
  }
});
