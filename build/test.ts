/**
 * Runs the tests and ends with one line of counts: `N passed, N failed, N skipped`.
 * usage: test.ts unit|e2e|table|oldest... [-- options of deno test]
 *
 * `e2e` also compares the tables in docs with what its tests have shown; `table` runs only these tests and writes them.
 * `oldest` runs the tests of the command line once more, with the bundled .mjs on the oldest Node in place of the executable.
 */
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, delimiter, dirname, join, sep } from "node:path";
import process from "node:process";
import { pathToFileURL } from "node:url";
import { oldestNode, runtimes } from "../test/support/runtimes.ts";
import { whyNoWine } from "../test/support/wine.ts";
import { differences, DOCUMENTS, readFindings, textOf, writeTables } from "./compatibility.ts";
import { withSecondAttempt } from "./second_attempt.ts";
import { type Counts, denoTest, none, type Outcome } from "./test_runner.ts";

/** What starts servers. */
const withServers = join("test", "e2e") + sep;

/** Tests that measure time or expect a number of samples: one after another. The others wait most of the time, and run beside each other. */
const alone = /\b(?:cpu|deno_callbacks|drain|limits|priority|terminal|thousand|viewer_prompt)_test\.ts$/;
/** Tests that do the same for each signal, way to start, framework or state, some minutes of them: without MATRIX=all only where a name is asked for. */
const thorough =
  /\b(?:base|deno_entry|deno_guest|deno_served|deno_ways|endings|handing|hostile|limits|merge|modes|noticed|odd_scripts|on_listen|other_profilers|own_end|positions|stack_overflow|view_long|viewer_firefox|viewer_states|viewers)_test\.ts$/;
/** So many of the others at a time. */
const TOGETHER = "3";
/** The longest of them begin first, so that none is left over at the end. */
const long = [
  ...["own_end", "positions", "framework_places", "frameworks", "other_profilers", "endings", "documents"],
  ...["noticed", "processes", "guest", "servers", "serial", "viewer_page"],
].map((name) => join("test", "e2e", `${name}_test.ts`));

/**
 * Deno starts a thread for each module with tests, and loads all that it imports there: 0.7 s of a core, more than many files need for
 * their tests. So files share modules that import them, but for the long ones, and the agent's: of that there is one in a thread.
 */
const ofAgent = join("test", "agent") + sep;
const SHARED_MODULES = { unit: 6, e2e: 9 };
/** There is one wine: its tests share a module, too, and so run one after another. */
const ofWine = /\bwindows\w*_test\.ts$/;

/** Milliseconds after which a run hangs. */
const patience = { unit: 10 * 60_000, e2e: 45 * 60_000, table: 30 * 60_000, oldest: 15 * 60_000 };

/** What shows that a test belongs to one of the smaller kinds. */
const marks = {
  table: /from "\.\.\/support\/compatibility\.ts"/,
  // Whoever starts the program itself; `deno serve` has a plan of its own in it.
  oldest: /\bform(?:s|Names)\b[^;]* from "\.\.\/support\/profiled\.ts"|"serve"/,
} as const;

/** These say themselves which form of the program runs where. */
const ownForms = /\b(?:base|handing)_test\.ts$/;

async function main(args: readonly string[]): Promise<void> {
  const end = args.includes("--") ? args.indexOf("--") : args.length;
  const kinds = args.slice(0, end);
  const options = args.slice(end + 1);

  // Downloading belongs to no test's time, and two test files should not both do it.
  await runtimes();
  // What goes wrong with it the tests say that need it.
  const wine = kinds.includes("e2e") ? whyNoWine().catch(() => {}) : undefined;
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
    if (kind === "e2e") await wine;
    const counts = kind === "unit"
      ? await unitTests(files, options)
      : kind === "oldest"
      ? await serverTests(files, { options, timeout: patience.oldest, env: await onOldestNode() })
      : await tableTest(files, { kind, options, isComplete: isWhole && options.length === 0 });
    add(total, counts);
  }
  console.log(`\n${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`);
  process.exitCode = total.failed > 0 || total.passed === 0 ? 1 : 0;
}

function unitTests(files: readonly string[], options: readonly string[]): Promise<Counts> {
  const own = files.filter((file) => file.startsWith(ofAgent));
  const others = files.filter((file) => !file.startsWith(ofAgent));
  return inModules(
    others,
    SHARED_MODULES.unit,
    (modules) => denoTest(["--parallel", ...options, ...modules, ...own], patience.unit),
  );
}

/** Gives modules that import these files to a run of the tests; each file is loaded once, by one of them. */
async function inModules(
  files: readonly string[],
  count: number,
  run: (modules: readonly string[]) => Promise<Outcome>,
): Promise<Outcome> {
  const directory = await mkdtemp(join(tmpdir(), "profsrv-modules-"));
  try {
    const wine = files.filter((file) => ofWine.test(file));
    const others = files.filter((file) => !ofWine.test(file));
    const groups = Array.from({ length: count }, (_, i) => others.filter((_, index) => index % count === i));
    const loaded = [wine, ...groups].filter((it) => it.length > 0);
    const modules: string[] = [];
    for (const group of loaded) {
      const module = join(directory, `files_${modules.length + 1}.ts`);
      const imports = group.map((file) => `import ${JSON.stringify(pathToFileURL(file).href)};\n`);
      await writeFile(module, imports.join(""));
      modules.push(module);
    }
    const outcome = await run(modules);
    const filesOf = (failure: string) => {
      const index = modules.findIndex((module) => failure.includes(basename(module)));
      return index < 0 ? [] : loaded[index]!;
    };
    // What nobody caught is a failure of the whole module.
    return { ...outcome, failures: outcome.failures.map((it) => [it, ...filesOf(it)].join(" ")) };
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
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
  const again = { files, options, timeout, env, isShared: (text: string) => marks.table.test(text) };
  const beside = files.filter((it) => !alone.test(it));
  if (beside.length > 0) {
    const first = long.filter((it) => beside.includes(it));
    const others = beside.filter((it) => !long.includes(it));
    const jobs = { DENO_JOBS: TOGETHER, ...env };
    const run = (modules: readonly string[]) =>
      denoTest(["--parallel", ...options, ...first, ...modules], timeout, jobs);
    add(total, await withSecondAttempt(await inModules(others, SHARED_MODULES.e2e, run), again));
  }
  const rest = files.filter((it) => alone.test(it));
  if (rest.length > 0) {
    add(total, await withSecondAttempt(await denoTest([...options, ...rest], timeout, env), again));
  }
  return total;
}

function add(total: Counts, { passed, failed, skipped }: Counts): void {
  total.passed += passed;
  total.failed += failed;
  total.skipped += skipped;
}

await main(process.argv.slice(2));
