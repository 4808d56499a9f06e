/** A headless Chromium. */
import assert from "node:assert/strict";
import { execFile, execFileSync } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { promisify } from "node:util";
import { missing, type Runtime, runtimes } from "./runtimes.ts";

/** The program to start headless; undefined if there is none. */
export function chromium(): string | undefined {
  return ["chromium", "chromium-browser", "google-chrome"].find((name) => {
    try {
      return execFileSync(name, ["--version"], { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }) !==
        "";
    } catch {
      return false;
    }
  });
}

/** Tests in a browser, on the newest Node there is; with MATRIX=all it must be there, else its lack is said. `find` looks for the browser. */
export async function browserTest(
  what: string,
  find: () => string | undefined,
  test: (browser: string, node: Runtime, context: Deno.TestContext) => Promise<void>,
): Promise<void> {
  const browser = find();
  const node = (await runtimes()).findLast(({ kind }) => kind === "node");
  const why = node === undefined ? "there is no node" : `there is no ${find.name} on the PATH`;
  if (node !== undefined && browser !== undefined) Deno.test(what, (context) => test(browser, node, context));
  else if (process.env["MATRIX"] === "all") Deno.test(what, () => assert.fail(why));
  else missing(what, why);
}

/** The document at an address, as HTML, when its scripts have run. */
export async function documentAt(browser: string, url: string): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), "profsrv-test-"));
  try {
    const { stdout } = await promisify(execFile)(browser, [
      "--headless",
      "--no-sandbox",
      "--disable-gpu",
      "--disable-dev-shm-usage",
      "--disable-background-networking",
      `--user-data-dir=${directory}`,
      "--virtual-time-budget=20000",
      "--dump-dom",
      url,
    ], { timeout: 120_000, maxBuffer: 1e8 });
    return stdout;
  } finally {
    await rm(directory, { recursive: true, force: true, maxRetries: 5 });
  }
}
