/** Projects of other people's packages, in test/projects: heavy, so they are installed into .tools, once for each lock file. */
import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { cp, mkdir, mkdtemp, readdir, readFile, rename, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import process from "node:process";
import { promisify } from "node:util";
import { toolsDirectory } from "../../build/runtimes.ts";

/** Where a project of test/projects is kept. */
export function sourceOf(name: string): string {
  return join(import.meta.dirname!, "..", "projects", name);
}

/** Has the TypeScript function `burnPrimes`; a project has copies of it where its `package.json` says, under `burners`. */
export const burner = { path: sourceOf("burn.ts"), function: "burnPrimes", line: 8 } as const;

/**
 * Where a project of test/projects is, with its packages; undefined if they are not there yet and this is not MATRIX=all,
 * which fetches them from npm.
 */
export async function installedProject(name: string): Promise<string | undefined> {
  const source = sourceOf(name);
  const directory = join(toolsDirectory, "projects", `${name}-${await digestOf(source)}`);
  if (await stat(directory).then(() => true, () => false)) return directory;
  if (process.env["MATRIX"] !== "all") return undefined;
  await mkdir(join(toolsDirectory, "projects"), { recursive: true });
  const temporary = await mkdtemp(join(toolsDirectory, "projects", "install-"));
  try {
    await cp(source, temporary, { recursive: true });
    for (const copy of await burnersOf(source)) await cp(burner.path, join(temporary, copy));
    // Not `ci`: that refuses a lock file without the packages for platforms that a mirror does not have.
    const args = [
      "install",
      "--no-audit",
      "--no-fund",
      "--ignore-scripts",
      "--no-update-notifier",
      "--loglevel=error",
    ];
    await promisify(execFile)("npm", args, { cwd: temporary, timeout: 300_000 });
    // Two that install at once come to the same; the first stays.
    await rename(temporary, directory).catch(async (error) => {
      if (!await stat(directory).then(() => true, () => false)) throw error;
    });
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
  return directory;
}

async function burnersOf(source: string): Promise<readonly string[]> {
  return JSON.parse(await readFile(join(source, "package.json"), "utf8")).burners ?? [];
}

/** Of all its files, so that a changed project is installed anew. */
async function digestOf(directory: string): Promise<string> {
  const hash = createHash("sha256");
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  const files = entries.filter((it) => it.isFile()).map((it) => join(it.parentPath, it.name));
  for (const file of files.sort()) hash.update(file.slice(directory.length)).update(await readFile(file));
  if ((await burnersOf(directory)).length > 0) hash.update(await readFile(burner.path));
  return hash.digest("hex").slice(0, 16);
}
