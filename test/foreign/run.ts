/**
 * Runs test suites of other people with and without profsrv and prints both counts; fails where they differ.
 *
 *     make foreign [ONLY=koa] [NODE=/path/to/node]
 */
import { spawn } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { installedProject } from "../support/projects.ts";
import { isPrepared, type Outcome, type Suite, suites } from "./suites.ts";

/** Milliseconds a program of a suite may take. */
const LONGEST_SUITE = 15 * 60_000;

const node = process.env["NODE"] || "node";
const only = (process.env["ONLY"] ?? "").toLowerCase();
const profsrv = join(import.meta.dirname!, "..", "..", "dist", "profsrv");

function run(command: readonly string[], cwd: string): Promise<string> {
  const [file = "", ...args] = command;
  const { PROFSRV_AGENT: _, NODE_ENV: __, ...env } = process.env;
  const child = spawn(file, args, { cwd, env, stdio: ["ignore", "pipe", "ignore"], timeout: LONGEST_SUITE });
  let stdout = "";
  child.stdout.setEncoding("utf8").on("data", (text) => stdout += text);
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (_code, signal) => {
      if (signal === null) resolve(stdout);
      else reject(new Error(`"${command.join(" ")}" died of ${signal}`));
    });
  });
}

async function outcomeOf(suite: Suite, source: string, before: readonly string[]): Promise<Outcome> {
  const total = { passed: 0, failed: 0, failures: [] as string[] };
  for (const { args, read } of await suite.programs(source)) {
    const { passed, failed, failures } = read(await run([...before, node, ...args], source));
    total.passed += passed;
    total.failed += failed;
    total.failures.push(...failures);
  }
  return { ...total, failures: total.failures.sort() };
}

/** Whether both came to the same. */
async function compare(suite: Suite): Promise<boolean> {
  process.env["MATRIX"] = "all";
  const project = (await installedProject(suite.project))!;
  if (!await isPrepared(project)) await suite.prepare(project);
  const source = join(project, "source");
  const directory = await mkdtemp(join(tmpdir(), "profsrv-foreign-"));
  try {
    const without = await outcomeOf(suite, source, []);
    const own = [profsrv, "--quiet", "--prof-path", directory, "--max-files", "0", "--"];
    const withAgent = await outcomeOf(suite, source, own);
    const index = await readFile(join(directory, "index.ndjson"), "utf8").catch(() => "");
    const requests = index.split("\n").length - 1;
    const counts = [without, withAgent].map(({ passed, failed }) =>
      `${passed} passed, ${failed} failed`.padEnd(26)
    );
    console.log(suite.name.padEnd(28), ...counts, `${requests} requests recorded`);
    const isSame = JSON.stringify(without) === JSON.stringify(withAgent);
    if (!isSame) {
      const [a, b] = [new Set(without.failures), new Set(withAgent.failures)];
      for (const name of b) if (!a.has(name)) console.log(`    fails only with profsrv: ${name}`);
      for (const name of a) if (!b.has(name)) console.log(`    fails only without profsrv: ${name}`);
    }
    return isSame;
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

console.log(`suite                        ${"without profsrv".padEnd(26)} with profsrv`);
let differences = 0;
for (const suite of suites) {
  if (suite.name.toLowerCase().includes(only) && !await compare(suite)) differences++;
}
process.exitCode = differences > 0 ? 1 : 0;
