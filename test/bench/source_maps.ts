/** How long the wrapper takes to read large source maps, and to find originals in them. */
import { execFile } from "node:child_process";
import { copyFile, mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { ProcessSources, Sources } from "../../src/sources/mod.ts";

const modules = join(import.meta.dirname!, "..", "..", "node_modules");

/** A minified bundle of some copies of TypeScript's compiler, 9 MB each. */
async function bundle(directory: string, copies: number, sourcesContent: boolean): Promise<string> {
  const entry = join(directory, "entry.js");
  const names = Array.from({ length: copies }, (_, i) => `copy${i}`);
  for (const name of names) {
    await copyFile(join(modules, "typescript", "lib", "typescript.js"), join(directory, `${name}.js`));
  }
  await writeFile(entry, names.map((name) => `export * as ${name} from "./${name}.js";`).join("\n"));
  const out = join(directory, "bundle.js");
  const esbuild = join(modules, "esbuild", "bin", "esbuild");
  const args = [
    "--bundle",
    "--minify",
    "--platform=node",
    "--sourcemap",
    "--log-level=error",
    `--outfile=${out}`,
  ];
  await promisify(execFile)("node", [esbuild, entry, ...args, `--sources-content=${sourcesContent}`]);
  return out;
}

/** Milliseconds that something takes. */
function time(act: () => void): number {
  const at = performance.now();
  act();
  return performance.now() - at;
}

for (const [copies, sourcesContent] of [[1, true], [2, false], [4, false]] as const) {
  const directory = await mkdtemp(join(tmpdir(), "profsrv-bench-"));
  try {
    const file = await bundle(directory, copies, sourcesContent);
    const lines = (await readFile(file, "utf8")).split("\n");
    const line = lines.reduce((longest, text, i) => text.length > lines[longest]!.length ? i : longest, 0);
    const url = pathToFileURL(file).href;
    const frames = Array.from({ length: 2000 }, (_, i) => ({ name: "a", url, line, column: 500 + 31 * i }));
    const sources = new ProcessSources(new Sources({ denoDirectory: undefined, onDebug: console.error }));
    const before = process.memoryUsage().rss;
    const first = time(() => sources.originalOf(frames[0]!));
    const rest = time(() => frames.forEach((frame) => sources.originalOf(frame)));
    const again = time(() => frames.forEach((frame) => sources.originalOf(frame)));
    const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(1)} MB`;
    console.log(
      `map ${megabytes((await stat(`${file}.map`)).size)}${sourcesContent ? " with sources" : ""}: read in ` +
        `${first.toFixed(0)} ms, +${megabytes(process.memoryUsage().rss - before)}; 2000 functions in ` +
        `${rest.toFixed(1)} ms, once more in ${again.toFixed(2)} ms`,
    );
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}
