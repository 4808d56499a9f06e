/** Format strings against the machine's own `python3`: the same text, or both refuse. */
import assert from "node:assert/strict";
import { formatParts } from "../../src/naming/format_text.ts";
import { parseFormat } from "../../src/naming/parse_format.ts";
import { FormatStringError } from "../../src/naming/values.ts";
import { testRandomly } from "../support/random.ts";
import { diceOf } from "./dice.ts";
import { dateCase, type FormatCase, formatCase, toJson } from "./format_cases.ts";

const CASES = 20_000;

/** The version whose formats these are: others know more, or fewer, of them. */
const PYTHON = /^Python 3\.11\./;

type Outcome = readonly [text: string | null, reason?: string];

const version = pythonVersion();
const canCompare = PYTHON.test(version) && Deno.build.os === "linux";
if (!canCompare) {
  console.warn(
    `SKIPPED: no CPython 3.11 on Linux to compare with, but ${version || "none"} on ${Deno.build.os}`,
  );
}

for (
  const [what, make] of [
    ["format strings", formatCase],
    ["formats of dates", dateCase],
  ] as const
) {
  const name = `${CASES} random ${what} give the same text as ${version || "CPython"}, or both refuse`;
  if (!canCompare) Deno.test.ignore(name, () => {});
  else {
    testRandomly(name, 1, (random) => {
      const dice = diceOf(random);
      compare(what, Array.from({ length: CASES }, () => make(dice)));
    });
  }
}

function compare(what: string, cases: readonly FormatCase[]): void {
  const theirs = askPython(cases);
  assert.equal(theirs.length, cases.length);
  let texts = 0;
  const different: string[] = [];
  for (const [at, { template, values }] of cases.entries()) {
    const [python, reason] = theirs[at] ?? [null];
    const [ours, refusal] = outcomeOf({ template, values });
    if (python !== null && ours === python) texts++;
    if (ours !== python) {
      different.push(JSON.stringify({
        template,
        values: jsonOf(values),
        ours: ours ?? { refusal },
        python: python ?? { reason },
      }));
    }
  }
  assert.equal(
    different.length,
    0,
    `${different.length} differ, such as\n${different.slice(0, 20).join("\n")}`,
  );
  console.log(`${what}: ${texts} texts are the same, ${cases.length - texts} cases are refused by both`);
  assert.ok(texts > cases.length / 2, "most cases should be right");
  assert.ok(texts < cases.length, "some cases should be wrong");
}

function outcomeOf({ template, values }: FormatCase): Outcome {
  try {
    return [formatParts(parseFormat(template), values).join("/")];
  } catch (error) {
    if (!(error instanceof FormatStringError)) throw error;
    return [null, error.message];
  }
}

function askPython(cases: readonly FormatCase[]): readonly Outcome[] {
  const directory = Deno.makeTempDirSync({ prefix: "profsrv-test-" });
  try {
    const [asked, answered] = [`${directory}/asked.json`, `${directory}/answered.json`];
    Deno.writeTextFileSync(
      asked,
      JSON.stringify(cases.map(({ template, values }) => [template, jsonOf(values)])),
    );
    const { success, stderr } = new Deno.Command("python3", {
      args: [`${import.meta.dirname}/str_format.py`, asked, answered],
      env: { TZ: "UTC" },
    }).outputSync();
    assert.ok(success, new TextDecoder().decode(stderr));
    return JSON.parse(Deno.readTextFileSync(answered));
  } finally {
    Deno.removeSync(directory, { recursive: true });
  }
}

function jsonOf(values: FormatCase["values"]): unknown {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, toJson(value)]));
}

function pythonVersion(): string {
  try {
    const { stdout } = new Deno.Command("python3", { args: ["--version"] }).outputSync();
    return new TextDecoder().decode(stdout).trim();
  } catch {
    return "";
  }
}
