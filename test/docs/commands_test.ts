/**
 * Every command of profsrv and make in the documents, in code blocks and in the prose, is one that they understand. Those in code
 * blocks are run by test/e2e/documents_test.ts. Commands of other programs (`ssh`, `kcachegrind`, `codesign`) are neither read nor run.
 */
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { parseArguments } from "../../src/cli/args.ts";
import { OPTIONS } from "../../src/cli/options.ts";
import { CONVERT, DIFF, REPORT, RUNS, VIEW } from "../../src/cli/subcommand_options.ts";
import { commandsIn, documents, isShape, profsrvIn } from "./documents.ts";
import { codeSpans } from "./printed_texts.ts";

const all = await documents();

/** Those in code blocks, and those in the prose. */
const commands = all.flatMap((document) => [
  ...commandsIn(document),
  ...(document.path === "docs/troubleshooting.md" ? [] : inProse(document)),
]);

Deno.test("every command of profsrv in the documents is understood", () => {
  const wrong = commands.filter(({ line }) => !isShape(line) && !isName(line)).flatMap(({ path, line }) => {
    const found = profsrvIn(line);
    if (found === undefined) return [];
    const why = refusalOf(found.args);
    return why === undefined ? [] : [`${path}: ${line}: ${why}`];
  });
  assert.deepEqual(wrong, []);
});

Deno.test("a shape of a command line in the documents names no option that there is not", () => {
  const names = new Set([...OPTIONS, ...[VIEW, REPORT, DIFF, CONVERT, RUNS].flatMap(({ options }) => options)]
    .map(({ name }) => `--${name}`));
  const shapes = commands.filter(({ line }) =>
    (isShape(line) || isName(line)) && profsrvIn(line) !== undefined
  );
  assert.ok(shapes.length >= 3);
  assert.deepEqual(
    shapes.flatMap(({ path, line }) =>
      (line.match(/(?<=[\s[])--[a-z-]+/g) ?? []).filter((it) => it !== "--" && !names.has(it))
        .map((it) => `${path}: ${line}: ${it}`)
    ),
    [],
  );
});

Deno.test("every target of make in the documents is one", async () => {
  const makefile = await readFile(new URL("../../Makefile", import.meta.url), "utf8");
  const targets = new Set(Array.from(makefile.matchAll(/^([a-z]+):/gm), ([, name]) => name));
  const wrong = commands.filter(({ line }) => profsrvIn(line) === undefined).flatMap(({ path, line }) =>
    line.split(" ").slice(1).filter((it) => /^[a-z]+$/.test(it) && !targets.has(it)).map((it) =>
      `${path}: make ${it}`
    )
  );
  assert.deepEqual(wrong, []);
});

Deno.test("commands of the documents are found, and wrong ones refused", () => {
  const text =
    "    profsrv --bananas node x.js   # why\n\n```\n$ npx profsrv view a b\n```\n    make all\n    other\n";
  const found = commandsIn({ path: "x.md", text }).map(({ line }) => line);
  assert.deepEqual(found, ["profsrv --bananas node x.js", "npx profsrv view a b", "make all"]);
  assert.deepEqual(found.map((it) => refusalOf(profsrvIn(it)?.args ?? []) !== undefined), [true, true, true]);
});

function refusalOf(args: readonly string[]): string | undefined {
  try {
    parseArguments(args);
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

/** Whether it only names what there is, as `profsrv view --html` does. */
function isName(line: string): boolean {
  return /^profsrv(?: [a-z]+(?: --[a-z-]+)?| --)$/.test(line);
}

/** Commands in backticks that have an argument. */
function inProse({ path, text }: { path: string; text: string }): { path: string; line: string }[] {
  return codeSpans(text).filter((it) => /^(?:npx )?profsrv |^make [a-z]/.test(it)).map((line) => ({
    path,
    line,
  }));
}
