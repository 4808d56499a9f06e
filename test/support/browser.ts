/** A headless Chromium. */
import { execFile, execFileSync } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

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
