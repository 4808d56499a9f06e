/** Tab in real shells, with the scripts of `profsrv completion`; and the man page in a real man. */
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import process from "node:process";
import { promisify } from "node:util";
import { manPage } from "../../build/man_page.ts";
import { RUN } from "../../src/cli/options.ts";
import { CONVERT, DIFF, REPORT, RUNS, VIEW } from "../../src/cli/subcommand_options.ts";
import { forms } from "../support/profiled.ts";
import { installedProject } from "../support/projects.ts";
import { missing } from "../support/runtimes.ts";

const run = promisify(execFile);
const support = join(import.meta.dirname!, "..", "support");

/** A line as it is typed, and as it stands after Tab; the same where nothing may be completed. */
const lines: readonly [typed: string, completed: string][] = [
  ["profsrv repor", "profsrv report"],
  ["profsrv --for", "profsrv --format"],
  ["profsrv --quiet --for", "profsrv --quiet --format"],
  ["profsrv --quiet repor", "profsrv --quiet repor"],
  ["profsrv --format cpu", "profsrv --format cpuprofile"],
  ["profsrv --format=cpu", "profsrv --format=cpuprofile"],
  ["profsrv --format cpuprofile,fol", "profsrv --format cpuprofile,folded"],
  ["profsrv --format=cpuprofile,fol", "profsrv --format=cpuprofile,folded"],
  ["profsrv --prof-path old-prof", "profsrv --prof-path old-profiles/"],
  ["profsrv --prof-path=old-prof", "profsrv --prof-path=old-profiles/"],
  // The command, and what is its own.
  ["profsrv my-own-s", "profsrv my-own-server"],
  ["profsrv -- my-own-s", "profsrv -- my-own-server"],
  ["profsrv --interval 250 my-own-s", "profsrv --interval 250 my-own-server"],
  ["profsrv --ui=4000 my-own-s", "profsrv --ui=4000 my-own-server"],
  ["profsrv my-own-server --for", "profsrv my-own-server --for"],
  ["profsrv my-own-server old-file", "profsrv my-own-server old-file.txt"],
  ["profsrv -- report --js", "profsrv -- report --js"],
  ["profsrv report --js", "profsrv report --json"],
  ["profsrv report --for", "profsrv report --for"],
  ["profsrv report old-prof", "profsrv report old-profiles/"],
  ["profsrv view --html old-file", "profsrv view --html old-file.txt"],
  ["profsrv diff old-profiles old-prof", "profsrv diff old-profiles old-profiles/"],
  ["profsrv diff --fail", "profsrv diff --fail-over"],
  ["profsrv convert old-file", "profsrv convert old-file.txt"],
  ["profsrv convert old-file.txt --format speed", "profsrv convert old-file.txt --format speedscope"],
  ["profsrv runs --rem", "profsrv runs --remove"],
  ["profsrv completion fi", "profsrv completion fish"],
  ["profsrv help conv", "profsrv help convert"],
];

interface Place {
  readonly directory: string;
  readonly env: Record<string, string>;
}

async function inPlace(use: (place: Place) => Promise<void>): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), "completion-test-"));
  try {
    await mkdir(join(directory, "bin"));
    await mkdir(join(directory, "old-profiles"));
    await writeFile(join(directory, "old-file.txt"), "");
    await writeFile(join(directory, "bin", "my-own-server"), "#!/bin/sh\n", { mode: 0o755 });
    await use({
      directory,
      env: { HOME: directory, PATH: join(directory, "bin") + delimiter + process.env["PATH"] },
    });
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

async function scriptOf(shell: string, { directory }: Place): Promise<string> {
  const [file = "", ...words] = forms.executable;
  const { stdout } = await run(file, [...words, "completion", shell]);
  const path = join(directory, `script.${shell}`);
  await writeFile(path, stdout);
  return path;
}

/** Presses Tab at the end of each line in bash or zsh. */
async function tabbed(shell: "bash" | "zsh", place: Place): Promise<string[]> {
  const script = await scriptOf(shell, place);
  const words = ["-f", join(support, "completions.zsh"), shell, script, ...lines.map(([typed]) => typed)];
  const options = { cwd: place.directory, env: place.env, timeout: 120_000 };
  const { stdout, stderr } = await run("zsh", words, options);
  assert.equal(stderr, "");
  // What stands behind a word for the next one is the shell's matter.
  return stdout.trimEnd().split("\n").map((it) => it.replace(/[ =,]+$/, ""));
}

const has = (program: string) => run(program, ["--version"]).then(() => true, () => false);
const hasZsh = await has("zsh");

for (const shell of ["bash", "zsh"] as const) {
  if (!hasZsh || !await has(shell)) {
    missing(`Tab in ${shell}`, "zsh, whose terminal the test types into, is not installed");
    continue;
  }
  Deno.test(`Tab in ${shell} completes options, values, words and the command`, () =>
    inPlace(async (place) => {
      assert.deepEqual(await tabbed(shell, place), lines.map(([, completed]) => completed));
    }));
}

if (!await has("fish")) missing("Tab in fish", "it is not installed");
else {
  Deno.test("Tab in fish completes options, values, words and the command", () =>
    inPlace(async (place) => {
      const script = await scriptOf("fish", place);
      for (const [typed, completed] of lines) {
        const words = ["--no-config", "-c", 'source $argv[1]; complete -C "$argv[2]"', script, typed];
        const { stdout, stderr } = await run("fish", words, { cwd: place.directory, env: place.env });
        const offered = stdout.split("\n").map((it) => it.split("\t")[0]);
        assert.equal(stderr, "", typed);
        const last = (line: string) => line.slice(line.lastIndexOf(" ") + 1);
        if (typed !== completed) assert.deepEqual(offered.slice(0, -1), [last(completed)], typed);
        else {assert.deepEqual(
            offered.filter((it) => it!.startsWith(last(typed)) && it !== "old-file.txt"),
            [],
            typed,
          );}
      }
    }));
}

const grammar = await installedProject("powershell");
if (grammar === undefined) missing("the script for PowerShell", "its grammar is fetched with MATRIX=all");
else {
  // PowerShell itself is in neither npm nor Debian.
  Deno.test("the script for PowerShell is one by PowerShell's grammar, and a cut one is not", () =>
    inPlace(async (place) => {
      const script = await scriptOf("powershell", place);
      // Node would wait for V8 to compile the grammar once more, to run it faster.
      const read = 'node --liftoff-only "$0" <"$1"';
      const errors = async (path: string) =>
        (await run("sh", ["-c", read, join(grammar, "errors.cjs"), path], { timeout: 60_000 })).stdout;
      assert.equal(await errors(script), "");
      const cut = `${script}.cut`;
      await writeFile(cut, (await readFile(script, "utf8")).slice(0, -10));
      assert.notEqual(await errors(cut), "");
    }));
}

if (!await has("groff")) missing("the manual page in groff", "it is not installed");
else {
  Deno.test("the manual page is set without a warning, and has every option of every command", () =>
    inPlace(async ({ directory }) => {
      const path = join(directory, "profsrv.1");
      await writeFile(path, manPage());
      const words = ["-man", "-ww", "-Tutf8", "-P-cbou", "-rLL=200n", path];
      const { stdout, stderr } = await run("groff", words);
      assert.equal(stderr, "");
      assert.match(stdout, /^NAME\n +profsrv - runs a server and saves one CPU profile per request\n/m);
      for (const { program, options } of [RUN, CONVERT, VIEW, REPORT, DIFF, RUNS]) {
        const title = program === "profsrv" ? "OPTIONS" : program.toUpperCase();
        const section = stdout.slice(stdout.search(new RegExp(`^${title}$`, "m")));
        for (const { name } of options) {
          assert.match(section, new RegExp(`^ +(?:-\\w, )?--${name}\\b`, "m"), `${program} --${name}`);
        }
      }
    }));
}
