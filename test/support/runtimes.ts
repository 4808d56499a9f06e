/** The runtimes that tests run on: those at hand, or with MATRIX=all every supported version, brought from npm. */
import { execFile } from "node:child_process";
import process from "node:process";
import { promisify } from "node:util";
import { platform, runtime, type RuntimeVersion } from "../../build/runtimes.ts";

/** A runtime that is there to be started. */
export interface Runtime extends RuntimeVersion {
  readonly path: string;
}

const matrix: readonly RuntimeVersion[] = [
  { kind: "node", version: "18.20.8" },
  { kind: "node", version: "20.20.2" },
  { kind: "node", version: "22.23.3" },
  { kind: "node", version: "24.21.0" },
  { kind: "node", version: "26.10.0" },
  { kind: "deno", version: "2.5.7" },
  { kind: "deno", version: "2.7.14" },
  { kind: "deno", version: "2.9.6" },
];

/** The oldest Node that profsrv promises, downloaded if it is not there yet. */
export async function oldestNode(): Promise<Runtime> {
  const wanted = matrix[0]!;
  const path = await runtime(wanted);
  if (path === undefined) throw new Error(`no package of node ${wanted.version} is known for ${platform}`);
  return { ...wanted, path };
}

/** Whether more than the main tests of each area run: with MATRIX=all, and once more on the oldest Node. */
export const isThorough = process.env["MATRIX"] === "all" || (process.env["TESTED_FORM"] ?? "") !== "";

let found: Promise<Runtime[]> | undefined;

/** The runtimes to test on, oldest first, Node before Deno; MATRIX=all downloads those that are not there yet. */
export function runtimes(): Promise<Runtime[]> {
  return found ??= process.env["MATRIX"] === "all" ? wholeMatrix() : atHand();
}

/**
 * Says loudly, and in the runner's counts, that something is not tested. To be called while tests are registered.
 * @param what a sentence's beginning, like a test's name
 */
export function missing(what: string, why: string): void {
  console.error(`SKIPPED: ${what}, because ${why}`);
  Deno.test({ name: `${what} (skipped: ${why})`, ignore: true, fn: () => {} });
}

async function wholeMatrix(): Promise<Runtime[]> {
  const here = await atHand();
  const all: Runtime[] = [];
  for (const wanted of matrix) {
    const same = here.find(({ kind, version }) => kind === wanted.kind && version === wanted.version);
    const path = same?.path ?? await runtime(wanted);
    if (path !== undefined) all.push({ ...wanted, path });
    else missing(`${wanted.kind} ${wanted.version}`, `no package of it is known for ${platform}`);
  }
  return all;
}

async function atHand(): Promise<Runtime[]> {
  const node = await nodeOnPath();
  const deno: Runtime = { kind: "deno", version: Deno.version.deno, path: Deno.execPath() };
  if (node === undefined) missing("node", "there is none on the PATH");
  return node === undefined ? [deno] : [node, deno];
}

async function nodeOnPath(): Promise<Runtime | undefined> {
  const print = "console.log(JSON.stringify([process.versions.node, process.execPath]))";
  try {
    const { stdout } = await promisify(execFile)("node", ["-e", print]);
    const [version, path] = JSON.parse(stdout) as [string, string];
    return { kind: "node", version, path };
  } catch {
    return undefined;
  }
}
