/**
 * A test of servers that fails has a second attempt, alone: on a busy machine a client may wait for longer than a test has patience.
 * What then passes is listed before the counts.
 */
import { readFile } from "node:fs/promises";
import { type Counts, denoTest, type Outcome } from "./test_runner.ts";

/** Where more tests and steps fail than this it is not the machine. */
const MOST = 4;

/** With what the tests ran. */
export interface Again {
  readonly files: readonly string[];
  readonly options: readonly string[];
  readonly timeout: number;
  readonly env: Readonly<Record<string, string>>;
  /** Whether a file has tests that another one registers, by its text. */
  isShared(text: string): boolean;
}

/** The counts of a run, with what passes at a second attempt as passed, if all of it does. */
export async function withSecondAttempt(first: Outcome, again: Again): Promise<Counts> {
  const { failed, failures } = first;
  if (failed === 0 || failures.length === 0 || failures.length > MOST) return first;
  const { options, timeout, env } = again;
  const names = new Set(
    failures.filter((it) => !it.includes("(uncaught error)")).map((it) => it.split(/ (?:=>|\.\.\.) /)[0]!),
  );
  // What nobody caught has no name: then all tests of these files run.
  const isNamed = failures.every((it) => !it.includes("(uncaught error)")) && !options.includes("--filter");
  const filter = isNamed ? ["--filter", `/^(?:${[...names].map(escaped).join("|")})$/`] : [];
  const files = await filesOf(failures, again);
  console.log(`\na second attempt, alone: ${isNamed ? [...names].join("; ") : files.join(", ")}`);
  const second = await denoTest([...options, ...filter, ...files], timeout, env);
  if (second.failed > 0 || second.passed < names.size) return first;
  for (const failure of failures) console.log(`passed at its second attempt: ${failure}`);
  return { passed: first.passed + failed, failed: 0, skipped: first.skipped };
}

async function filesOf(failures: readonly string[], { files, isShared }: Again): Promise<string[]> {
  const isOf = (failure: string) => (file: string) => failure.includes(file);
  const found = new Set(failures.flatMap((it) => files.filter(isOf(it))));
  if (failures.some((it) => !files.some(isOf(it)))) {
    for (const file of files) if (isShared(await readFile(file, "utf8"))) found.add(file);
  }
  return [...found];
}

function escaped(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&");
}
