/** Deno's runner of tests, and what it counts. */
import { spawn } from "node:child_process";
import process from "node:process";
import { stripVTControlCharacters } from "node:util";

export interface Counts {
  passed: number;
  failed: number;
  skipped: number;
}

export const none: Counts = { passed: 0, failed: 0, skipped: 0 };

/** What a run of tests came to. */
export interface Outcome extends Counts {
  /** Each failed test or step with its file, as the runner lists them at its end: `name => ./test/x_test.ts:1:2`. */
  readonly failures: readonly string[];
}

/** Runs deno's test runner; its output passes through, and its last word is taken down. */
export function denoTest(
  args: readonly string[],
  timeout: number,
  env: Readonly<Record<string, string>> = {},
): Promise<Outcome> {
  const child = spawn(Deno.execPath(), ["test", "--allow-all", "--no-check", ...args], {
    env: { ...process.env, ...env },
    stdio: ["ignore", "pipe", "inherit"],
    timeout,
    killSignal: "SIGKILL",
  });
  const forTerminal = process.stdout.isTTY;
  let line = "";
  let counts: Counts | undefined;
  const failures: string[] = [];
  let isInList = false;

  const take = (whole: string) => {
    const plain = stripVTControlCharacters(whole);
    counts = countsIn(plain) ?? counts;
    if (counts !== undefined) isInList = false;
    if (isInList && plain.trim() !== "") failures.push(plain.trim());
    if (plain.trim() === "FAILURES") isInList = true;
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
      resolve({ ...said, failed: code === 0 ? said.failed : Math.max(said.failed, 1), failures });
    });
  });
}

/** The counts in the runner's closing line, such as `ok | 12 passed (3 steps) | 0 failed | 1 ignored (2s)`. */
function countsIn(line: string): Counts | undefined {
  if (!/^(ok|FAILED) \| \d+ passed/.test(line)) return undefined;
  const count = (word: string) => Number(new RegExp(`(\\d+) ${word}`).exec(line)?.[1] ?? 0);
  return { passed: count("passed"), failed: count("failed"), skipped: count("ignored") };
}
