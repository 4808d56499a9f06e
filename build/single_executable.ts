/** dist/profsrv.mjs as one executable on Node, for any platform, on any: the same sources make the same bytes. */
import { execFile } from "node:child_process";
import { chmod, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import process from "node:process";
import { promisify } from "node:util";
import { renameForeignWords } from "./node_base.ts";
import { platform, runtime } from "./runtimes.ts";
import { signedAdHoc } from "./sign_macho.ts";
import { withoutSymbols } from "./strip_elf.ts";

/** The first Node that makes single executables of ES modules by itself is 26. */
export const nodeVersion = "26.10.0";

export const module = "dist/profsrv.mjs";

/**
 * Makes an executable of the script.
 * @param on the platform it is for: `<process.platform>-<process.arch>`
 * @param work a directory for what is needed meanwhile
 */
export async function makeSingleExecutable(
  made: string,
  { on, work }: { readonly on: string; readonly work: string },
): Promise<void> {
  const program = await readFile(await knownNode(on));
  renameForeignWords(program);
  const base = join(work, "base");
  await writeFile(base, on.startsWith("linux") ? withoutSymbols(program) : program, { mode: 0o755 });
  const recipe = join(work, "sea.json");
  await writeFile(
    recipe,
    JSON.stringify({
      main: module,
      mainFormat: "module",
      output: made,
      executable: base,
      disableExperimentalSEAWarning: true,
      // What V8 has compiled is good for this platform only. Where V8 refuses it, Node would print a warning.
      useCodeCache: on === platform,
      useSnapshot: false,
      // NODE_OPTIONS is meant for the server that is profiled, not for us,
      execArgvExtension: "none",
      // and so are all words: Node looks for --env-file in them up to here.
      execArgv: ["--no-warnings", "--"],
    }),
  );
  // V8 puts random numbers into what it has compiled.
  await promisify(execFile)(await knownNode(platform), ["--random-seed=1", "--build-sea", recipe], {
    env: withoutNodeOptions(),
  });
  if (on.startsWith("darwin")) await writeFile(made, signedAdHoc(await readFile(made), "profsrv"));
  await chmod(made, 0o755);
}

/** This environment without the option that would change how Node makes or starts an executable. */
export function withoutNodeOptions(): NodeJS.ProcessEnv {
  const { NODE_OPTIONS: _, ...env } = process.env;
  return env;
}

async function knownNode(on: string): Promise<string> {
  const node = await runtime({ kind: "node", version: nodeVersion }, on);
  if (node !== undefined) return node;
  throw new Error(`Cannot make a Node single executable: no Node ${nodeVersion} is known for ${on}`);
}
