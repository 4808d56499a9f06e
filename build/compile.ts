/**
 * Makes dist/profsrv, one executable, of dist/profsrv.mjs: by `deno compile` where its base runtime can be had, else as
 * a Node single executable. `--with deno` and `--with node` choose. `--for win32-x64` makes that platform's, with Node.
 */
import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { copyFile, mkdtemp, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import process from "node:process";
import { parseArgs, promisify } from "node:util";
import config from "../deno.json" with { type: "json" };
import { platform } from "./runtimes.ts";
import { makeSingleExecutable, module, nodeVersion, withoutNodeOptions } from "./single_executable.ts";

/** What the bytes of an executable on Node depend on, besides the script and Node. */
const recipeFiles = ["compile.ts", "single_executable.ts", "node_base.ts", "sign_macho.ts", "strip_elf.ts"];
/** Remembers why Deno's base cannot be had, so that a build without network does not ask every time. */
const noDenoBase = "dist/.no-deno-base";

const run = promisify(execFile);

type Base = "deno" | "node";

/** What is made. */
interface Target {
  /** `<process.platform>-<process.arch>`. */
  readonly on: string;
  readonly executable: string;
  /** What its base has to be. */
  readonly asked: Base | undefined;
}

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { with: { type: "string" }, for: { type: "string" } } });
  const asked = values.for === undefined ? values.with : "node";
  if (asked !== undefined && asked !== "deno" && asked !== "node") {
    throw new Error(`Cannot build with "${asked}": it is neither "deno" nor "node"`);
  }
  const on = values.for ?? platform;
  const executable = `dist/profsrv${values.for === undefined ? "" : `-${on}`}${
    on.startsWith("win32") ? ".exe" : ""
  }`;
  const madeOf = values.for === undefined ? "dist/.made-of" : `dist/.made-of-${on}`;
  const recipe = await digest(
    [module, ...recipeFiles.map((it) => join(import.meta.dirname!, it))],
    `${asked} ${on}`,
  );
  if (await readFile(madeOf, "utf8").catch(() => "") === recipe && await exists(executable)) return;

  const work = await mkdtemp("dist/.compile-");
  try {
    const made = join(work, "profsrv");
    await make(made, { target: { on, executable, asked }, work });
    if (on === platform) await check(made);
    await rename(made, executable);
    await writeFile(madeOf, recipe);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
  const { size } = await stat(executable);
  console.log(`${executable}: ${Math.round(size / 1e6)} MB`);
}

/** Makes the executable as asked, or else with Deno where that can be done and with Node where not. */
async function make(made: string, { target, work }: { target: Target; work: string }): Promise<void> {
  const { asked, executable } = target;
  const announce = (how: string, why: string) => console.log(`compiling ${executable} ${how} (${why})`);
  let why = asked === undefined ? await noBaseForDeno() : "as asked";
  if (asked === "deno" || (asked === undefined && why === undefined)) {
    announce(`with deno compile ${Deno.version.deno}`, why ?? "its base runtime can be had");
    try {
      return await compileWithDeno(made, work);
    } catch (error) {
      if (asked === "deno") throw error;
      why = await remember("deno compile failed");
    }
  }
  announce(`as a Node ${nodeVersion} single executable`, why ?? "");
  await makeSingleExecutable(made, { on: target.on, work });
}

/** Why `deno compile` would fail for want of its base runtime; undefined when it would not. */
async function noBaseForDeno(): Promise<string | undefined> {
  if (process.env["DENORT_BIN"]) return undefined;
  const archive = `release/v${Deno.version.deno}/denort-${Deno.build.target}.zip`;
  if (await exists(join(process.env["DENO_DIR"] ?? "", "dl", archive))) return undefined;
  const known = await readFile(noDenoBase, "utf8").catch(() => undefined);
  if (known !== undefined) return known;
  try {
    const answer = await fetch(`https://dl.deno.land/${archive}`, {
      method: "HEAD",
      signal: AbortSignal.timeout(4000),
    });
    if (answer.ok) return undefined;
    return await remember(`deno compile's base runtime cannot be had: HTTP ${answer.status}`);
  } catch (error) {
    const reason = error instanceof DOMException ? "no answer" : "no connection";
    return await remember(`deno compile's base runtime cannot be had: ${reason}`);
  }
}

async function remember(why: string): Promise<string> {
  await writeFile(noDenoBase, why);
  return why;
}

/** The module is compiled from a directory of its own, or Deno would pack the project's node_modules with it. */
async function compileWithDeno(made: string, work: string): Promise<void> {
  await copyFile(module, join(work, "profsrv.mjs"));
  const flags = ["--allow-all", "--no-config", "--no-lock", "--no-check", "--quiet"];
  await run(Deno.execPath(), ["compile", ...flags, "--output", made, join(work, "profsrv.mjs")], {
    timeout: 300_000,
  });
}

/** What has just been made must start and know its version. */
async function check(made: string): Promise<void> {
  const { stdout } = await run(made, ["--version"], { env: withoutNodeOptions() });
  if (stdout.trim() !== config.version) {
    throw new Error(`Cannot use the new executable: it says its version is "${stdout.trim()}"`);
  }
  const words = ["report", "/nowhere", "--experimental-config-file=/configuration"];
  const { stderr } = await run(made, words, { env: withoutNodeOptions() }).catch((error) => error);
  if (stderr.includes("/configuration: ")) {
    console.log("its base reads a configuration file that the words of a command name");
  }
}

async function digest(files: readonly string[], made: string): Promise<string> {
  const hash = createHash("sha256");
  for (const file of files) hash.update(await readFile(file));
  return hash.update(`${made} ${Deno.version.deno} ${nodeVersion}`).digest("hex");
}

function exists(path: string): Promise<boolean> {
  return stat(path).then(() => true, () => false);
}

try {
  await main();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
}
