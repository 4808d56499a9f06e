/**
 * Runs the tests and ends with one line of counts: `N passed, N failed, N skipped`.
 * usage: test.ts unit|e2e|table|oldest... [-- options of deno test]
 *
 * `e2e` also compares the tables in docs with what its tests have shown; `table` runs only these tests and writes them.
 * `oldest` runs the tests of the command line once more, with the bundled .mjs on the oldest Node in place of the executable.
 */
import { spawn } from "node:child_process";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, delimiter, dirname, join, sep } from "node:path";
import process from "node:process";
import { stripVTControlCharacters } from "node:util";
import { oldestNode, runtimes } from "../test/support/runtimes.ts";
import { differences, DOCUMENTS, readFindings, textOf, writeTables } from "./compatibility.ts";

/** What starts servers. */
const withServers = join("test", "e2e") + sep;

/** Tests that measure time or expect a number of samples: one after another. The others wait most of the time, and run beside each other. */
const alone =
  /\b(?:cpu|deno_callbacks|deserted|drain|forms|limits|priority|terminal|thousand|viewer_page|viewers|windows\w*)_test\.ts$/;
/** Tests that do the same for each signal, way to start or framework, some minutes of them: without MATRIX=all only where a name is asked for. */
const thorough =
  /\b(?:deno_entry|deno_guest|deno_served|deno_ways|endings|handing|hostile|merge|modes|noticed|odd_scripts|on_listen|other_profilers|own_end|positions|viewer_firefox)_test\.ts$/;
/** So many of the others at a time; of a whole matrix fewer, for it has more to lose by one that comes too late. */
const TOGETHER = process.env["MATRIX"] === "all" ? "2" : "3";

/** Milliseconds after which a run hangs. */
const patience = { unit: 5 * 60_000, e2e: 45 * 60_000, table: 30 * 60_000, oldest: 15 * 60_000 };

/** What shows that a test belongs to one of the smaller kinds. */
const marks = {
  table: /from "\.\.\/support\/compatibility\.ts"/,
  // Whoever starts the program itself; `deno serve` has a plan of its own in it.
  oldest: /\bform(?:s|Names)\b[^;]* from "\.\.\/support\/profiled\.ts"|"serve"/,
} as const;

/** These say themselves which form of the program runs where. */
const ownForms = /\b(?:base|handing)_test\.ts$/;

interface Counts {
  passed: number;
  failed: number;
  skipped: number;
}

const none: Counts = { passed: 0, failed: 0, skipped: 0 };

async function main(args: readonly string[]): Promise<void> {
  const end = args.includes("--") ? args.indexOf("--") : args.length;
  const kinds = args.slice(0, end);
  const options = args.slice(end + 1);

  // Downloading belongs to no test's time, and two test files should not both do it.
  await runtimes();
  const isWhole = process.env["MATRIX"] === "all";
  const total = { ...none };
  for (const kind of isWhole && kinds.includes("e2e") ? [...kinds, "oldest"] : kinds) {
    if (kind !== "unit" && kind !== "e2e" && kind !== "table" && kind !== "oldest") {
      throw new Error(`Cannot run "${kind}" tests: there are ${Object.keys(patience).join(", ")}`);
    }
    const found = await testFiles(kind);
    const files = kind !== "e2e" || isWhole || options.length > 0
      ? found
      : found.filter((file) => !thorough.test(file));
    if (files.length < found.length) {
      const skipped = found.filter((file) => !files.includes(file));
      console.error(`SKIPPED: ${skipped.map((file) => basename(file)).join(", ")}; MATRIX=all runs them`);
      total.skipped += skipped.length;
    }
    if (files.length === 0) continue;
    const counts = kind === "unit"
      ? await denoTest(["--parallel", ...options, ...files], patience.unit)
      : kind === "oldest"
      ? await serverTests(files, { options, timeout: patience.oldest, env: await onOldestNode() })
      : await tableTest(files, { kind, options, isComplete: isWhole && options.length === 0 });
    add(total, counts);
  }
  console.log(`\n${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`);
  process.exitCode = total.failed > 0 || total.passed === 0 ? 1 : 0;
}

async function testFiles(kind: keyof typeof patience): Promise<string[]> {
  const names = await readdir("test", { recursive: true });
  const files = names.filter((name) => name.endsWith("_test.ts")).map((name) => join("test", name)).sort()
    .filter((file) => file.startsWith(withServers) === (kind !== "unit"));
  if (kind === "unit" || kind === "e2e") return files;
  const texts = await Promise.all(files.map((file) => readFile(file, "utf8")));
  return files.filter((file, i) =>
    marks[kind].test(texts[i]!) && !(kind === "oldest" && ownForms.test(file))
  );
}

/** The environment in which profsrv is the .mjs, and `node` the oldest that profsrv promises. */
async function onOldestNode(): Promise<Record<string, string>> {
  const { path } = await oldestNode();
  return { MATRIX: "", TESTED_FORM: "node", PATH: dirname(path) + delimiter + process.env["PATH"] };
}

/** Runs tests that find out what the tables in docs have to say; one more failure for each cell that says something else. */
async function tableTest(
  files: readonly string[],
  { kind, options, isComplete }: {
    readonly kind: "e2e" | "table";
    readonly options: readonly string[];
    readonly isComplete: boolean;
  },
): Promise<Counts> {
  const directory = await mkdtemp(join(tmpdir(), "profsrv-table-"));
  try {
    const path = join(directory, "findings.ndjson");
    await writeFile(path, "");
    const counts = await serverTests(files, {
      options,
      timeout: patience[kind],
      env: { COMPATIBILITY_FINDINGS: path },
    });
    if (counts.failed > 0) return counts;
    const findings = await readFindings(path);
    if (kind === "table") {
      await writeTables(findings);
      return counts;
    }
    let failed = 0;
    for (const document of DOCUMENTS) {
      for (const sentence of differences(document, await textOf(document), findings, { isComplete })) {
        console.error(`${document.path}: ${sentence}; "make table" makes it anew`);
        failed++;
      }
    }
    return { ...counts, failed };
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

/** Runs tests that start servers: those that may be disturbed beside each other, then the others. */
async function serverTests(
  files: readonly string[],
  { options, timeout, env = {} }: {
    readonly options: readonly string[];
    readonly timeout: number;
    readonly env?: Readonly<Record<string, string>>;
  },
): Promise<Counts> {
  const total = { ...none };
  const beside = files.filter((it) => !alone.test(it));
  if (beside.length > 0) {
    const jobs = { DENO_JOBS: TOGETHER, ...env };
    add(total, await denoTest(["--parallel", ...options, ...beside], timeout, jobs));
  }
  const rest = files.filter((it) => alone.test(it));
  if (rest.length > 0) add(total, await denoTest([...options, ...rest], timeout, env));
  return total;
}

function add(total: Counts, { passed, failed, skipped }: Counts): void {
  total.passed += passed;
  total.failed += failed;
  total.skipped += skipped;
}

/** Runs deno's test runner; its output passes through, and its last word is taken down. */
function denoTest(
  args: readonly string[],
  timeout: number,
  env: Readonly<Record<string, string>> = {},
): Promise<Counts> {
  const child = spawn(Deno.execPath(), ["test", "--allow-all", "--no-check", ...args], {
    env: { ...process.env, ...env },
    stdio: ["ignore", "pipe", "inherit"],
    timeout,
    killSignal: "SIGKILL",
  });
  const forTerminal = process.stdout.isTTY;
  let line = "";
  let counts: Counts | undefined;

  const take = (whole: string) => {
    const plain = stripVTControlCharacters(whole);
    counts = countsIn(plain) ?? counts;
    if (!forTerminal) process.stdout.write(plain + "\n");
  };
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    if (forTerminal) process.stdout.write(text);
    const lines = (line + text).split("\n");
    line = lines.pop() ?? "";
    lines.forEach(take);
  });
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code, signal) => {
      if (line !== "") take(line);
      if (signal !== null) console.error(`the tests hang, or somebody ended them: ${signal}`);
      const said = counts ?? none;
      // A runner that fails without a failed test (a file that cannot be loaded, a hang) is a failure too.
      resolve(code === 0 ? said : { ...said, failed: Math.max(said.failed, 1) });
    });
  });
}

/** The counts in the runner's closing line, such as `ok | 12 passed (3 steps) | 0 failed | 1 ignored (2s)`. */
function countsIn(line: string): Counts | undefined {
  if (!/^(ok|FAILED) \| \d+ passed/.test(line)) return undefined;
  const count = (word: string) => Number(new RegExp(`(\\d+) ${word}`).exec(line)?.[1] ?? 0);
  return { passed: count("passed"), failed: count("failed"), skipped: count("ignored") };
}

await main(process.argv.slice(2));
