/**
 * `deno serve` lets in neither NODE_OPTIONS nor `--preload` nor `--require` (2.5 to 2.9): what stands in its place. Pure.
 *
 * With DENO_AUTO_SERVE set, `deno run` serves what the main module exports, as `deno serve` does; the agent gives it the address.
 * `deno run` has no `--parallel` and no `--open`: there a module of ours is served, which imports the agent and then the user's module.
 */
import { pathToFileURL } from "node:url";
import { AUTO_SERVE_VARIABLE, LOADED_CHANNEL, type Serving } from "../protocol/messages.ts";
import { type DenoCommand, takesNext } from "./deno_flags.ts";

/** `deno run` in place of `deno serve`, and where it has to listen. */
export interface ServingRun {
  readonly args: readonly string[];
  readonly serving: Serving;
}

const ONLY_OF_SERVE = /^--(port|host|open|parallel)(?:=(.*))?$/s;

/** `deno serve …` as `deno run …`; undefined if it has what `deno run` has not, or something that Deno will refuse. */
export function asRun(args: readonly string[], command: DenoCommand): ServingRun | undefined {
  const { scriptAt, flags, flagsAt, allowsAll, hasPermissionSet, permissions: { net, env } } = command;
  if (scriptAt === -1 || args[scriptAt] === "-" || env.deniedParts.includes(AUTO_SERVE_VARIABLE)) {
    return undefined;
  }
  // Beside a permission set, the flag for the address would replace the set's own.
  if (hasPermissionSet && !allowsAll) return undefined;
  const given = new Map<string, string>();
  const dropped = new Set<number>();
  for (const at of flags) {
    const [, name, attached] = ONLY_OF_SERVE.exec(args[at]!) ?? [];
    if (name === undefined) continue;
    if (name === "open" || name === "parallel" || given.has(name)) return undefined;
    dropped.add(at);
    const isNext = attached === undefined && takesNext(args[at]!, args[at + 1]);
    if (isNext) dropped.add(at + 1);
    given.set(name, isNext ? args[at + 1]! : attached ?? "");
  }
  const { port = "8000", host = "0.0.0.0" } = Object.fromEntries(given);
  if (!/^\d{1,5}$/.test(port) || Number(port) > 65535 || host === "") return undefined;
  const rest = args.filter((_, at) => !dropped.has(at));
  rest[flagsAt - 1] = "run";
  // Only `deno serve` may listen there without being told so.
  if (!allowsAll && !net.all) {
    rest.splice(flagsAt, 0, `--allow-net=${host === "0.0.0.0" ? "" : host}:${port}`);
  }
  return { args: rest, serving: { hostname: host, port: Number(port) } };
}

/** What `--preload` takes before NODE_OPTIONS is read: up to 2.6 the globals of modules are not those of the agent itself. */
export function preloadModule(agentPath: string): string {
  return moduleOf([importOf(agentPath), LEND]);
}

/** A module that `deno serve` can serve in place of `specifier`, which is then not the main module, but is said to be. */
export function servedModule(agentPath: string, specifier: string): string {
  const user = JSON.stringify(specifier);
  const first = moduleOf([
    importOf(agentPath),
    LEND,
    `Object.defineProperty(Deno, "mainModule", { value: import.meta.resolve(${user}), configurable: true, enumerable: true });`,
  ]);
  return moduleOf([
    `import ${JSON.stringify(first)};`,
    `import * as user from ${user};`,
    // Deno says itself what is wrong with a module that has nothing to serve.
    `export default "default" in user ? user.default : {};`,
  ]);
}

/** Lets the agent replace a module's globals. */
const LEND = [
  `import { channel } from "node:diagnostics_channel";`,
  `channel("${LOADED_CHANNEL}").publish((name, change) => globalThis[name] = change(globalThis[name]));`,
].join("\n");

function importOf(path: string): string {
  return `import ${JSON.stringify(pathToFileURL(path).href)};`;
}

/** As a URL: what stands in a command line must not be a file that somebody else could replace. */
function moduleOf(lines: readonly string[]): string {
  return `data:text/javascript,${encodeURIComponent(lines.join("\n"))}`;
}
