/** Plans a launch with what the world has to say to it, and writes what the plan needs. */
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, realpathSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import process from "node:process";
import { pathToFileURL } from "node:url";
import { place } from "./agent_cache.ts";
import { type LaunchRequest, planLaunch, planProgram, type SpawnPlan } from "./plan.ts";
import { programName } from "./program_name.ts";

/** How long `deno --version` may take (milliseconds); usually 20. */
const TIMEOUT = 5000;

/** Plans how a command is started; looks at Deno's version and files where that matters. */
export function prepareLaunch(request: LaunchRequest): SpawnPlan {
  const plan = planLaunch({
    ...request,
    readText,
    ...(isDeno(request.file) ? { deno: denoFacts(request) } : {}),
  });
  const { agent } = request;
  if (agent !== undefined) {
    for (const { name, text } of plan.files) place(dirname(agent.path), name, text);
  }
  return plan;
}

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined; // Node says so itself.
  }
}

function isDeno(file: string): boolean {
  if (programName(file) === "deno") return true;
  try {
    return programName(realpathSync(file)) === "deno";
  } catch {
    return false;
  }
}

function denoFacts(request: LaunchRequest): NonNullable<LaunchRequest["deno"]> {
  return { version: denoVersion(request), specifierOf, configOf };
}

function denoVersion(request: LaunchRequest): string | undefined {
  const { file, args, verbatim } = planProgram({ ...request, command: [request.file, "--version"] });
  const { stdout } = spawnSync(file, args, {
    windowsVerbatimArguments: verbatim,
    encoding: "utf8",
    timeout: TIMEOUT,
    stdio: ["ignore", "pipe", "ignore"],
  });
  return /^deno (\d+\.\d+\.\d+)/.exec(stdout ?? "")?.[1];
}

/** A file as a URL; what has a scheme is one already, and what is no file is a name of the import map's. */
function specifierOf(script: string): string {
  if (hasScheme(script)) return script;
  const path = resolve(script);
  return /^[.\\/]/.test(script) || existsSync(path) ? pathToFileURL(path).href : script;
}

function hasScheme(script: string): boolean {
  return /^[a-z][a-z0-9+.-]+:/i.test(script);
}

/** Found as Deno finds it: from the script's directory upwards. https://docs.deno.com/runtime/fundamentals/configuration/ */
function configOf(script: string): string | undefined {
  const from = hasScheme(script) ? process.cwd() : dirname(resolve(script));
  const config = nearest(from, ["deno.json", "deno.jsonc"]);
  if (config !== undefined) return config;
  const packageFile = nearest(from, ["package.json"]);
  // What is above the current directory Deno finds for any module.
  return packageFile === nearest(process.cwd(), ["package.json"]) ? undefined : packageFile;
}

function nearest(directory: string, names: readonly string[]): string | undefined {
  for (let at = directory;; at = dirname(at)) {
    const found = names.map((it) => join(at, it)).find((it) => existsSync(it));
    if (found !== undefined || dirname(at) === at) return found;
  }
}
