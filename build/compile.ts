/**
 * Makes dist/profsrv, one executable, of dist/profsrv.mjs: a Node single executable, as the releases are.
 * `--for linux-arm64` makes that platform's. `--with deno` makes this platform's by `deno compile`, which fetches its base runtime from
 * deno.land.
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

const run = promisify(execFile);

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { with: { type: "string", default: "node" }, for: { type: "string" } },
  });
  const base = values.with;
  if (base !== "deno" && base !== "node") {
    throw new Error(`Cannot build with "${base}": it is neither "deno" nor "node"`);
  }
  const on = values.for ?? platform;
  const name = `profsrv${values.for === undefined ? "" : `-${on}`}`;
  const executable = join("dist", name + (on.startsWith("win32") ? ".exe" : ""));
  const madeOf = join("dist", values.for === undefined ? ".made-of" : `.made-of-${on}`);
  const recipe = await digest(
    [module, ...recipeFiles.map((it) => join(import.meta.dirname!, it))],
    `${base} ${on} ${Deno.version.deno} ${nodeVersion}`,
  );
  if (await readFile(madeOf, "utf8").catch(() => "") === recipe && await exists(executable)) return;

  console.log(
    `making ${executable} on ${base === "deno" ? `Deno ${Deno.version.deno}` : `Node ${nodeVersion}`}`,
  );
  const work = await mkdtemp("dist/.compile-");
  try {
    const made = join(work, "profsrv");
    if (base === "deno") await compileWithDeno(made, work);
    else await makeSingleExecutable(made, { on, work });
    if (on === platform) await check(made);
    await rename(made, executable);
    await writeFile(madeOf, recipe);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
  const { size } = await stat(executable);
  console.log(`${executable}: ${Math.round(size / 1e6)} MB`);
}

/** The module is compiled from a directory of its own, or Deno would pack the project's node_modules with it. */
async function compileWithDeno(made: string, work: string): Promise<void> {
  await copyFile(module, join(work, "profsrv.mjs"));
  const flags = ["--allow-all", "--no-config", "--no-lock", "--no-check", "--quiet"];
  await run(Deno.execPath(), ["compile", ...flags, "--output", made, join(work, "profsrv.mjs")], {
    timeout: 300_000,
  });
}

/** Checks a new executable: it starts, knows its version, and does not read an option that belongs to the command. */
async function check(made: string): Promise<void> {
  const env = withoutNodeOptions();
  const { stdout } = await run(made, ["--version"], { env });
  if (stdout.trim() !== config.version) {
    throw new Error(`Cannot use the new executable: it says its version is "${stdout.trim()}"`);
  }
  const words = ["report", "/nowhere", "--experimental-config-file=/configuration"];
  const { stderr } = await run(made, words, { env }).catch((error) => error);
  if (stderr.includes("/configuration: ")) {
    throw new Error(
      "Cannot use the new executable: it reads a configuration file that a command's words name",
    );
  }
}

async function digest(files: readonly string[], made: string): Promise<string> {
  const hash = createHash("sha256");
  for (const file of files) hash.update(await readFile(file));
  return hash.update(made).digest("hex");
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
