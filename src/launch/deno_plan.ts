/** How the agent gets into a Deno command: by NODE_OPTIONS, by a flag or by a module of ours, and with which permissions. */
import process from "node:process";
import { basename, dirname, join } from "node:path";
import { CONFIG_VARIABLE } from "../protocol/messages.ts";
import { contentName } from "./content_name.ts";
import { type DenoCommand, type Granted, NEEDED, type Permission, readDenoCommand } from "./deno_flags.ts";
import { isWithin } from "./path_within.ts";

/** What a plan is made from. */
export interface DenoRequest {
  /** The words behind `deno`. */
  readonly args: readonly string[];
  /** Version of that Deno, as `2.9.6`; undefined if it could not be found out. */
  readonly version?: string | undefined;
  /** As `process.platform` names it. */
  readonly platform: string;
  /** The agent's file. */
  readonly agentPath: string;
  /** The private directory that the agent writes to. */
  readonly spool: string;
  /** The file's or module's URL that a script's name means. */
  urlOf(script: string): string;
  /** The configuration file that Deno finds for a script by itself; `package.json` if there is nothing but that. */
  configOf(script: string): string | undefined;
}

/** What to change. */
export interface DenoPlan {
  readonly args: readonly string[];
  /** Whether NODE_OPTIONS brings the agent in. */
  readonly byNodeOptions: boolean;
  /** Whether the agent gets in at all. */
  readonly loads: boolean;
  /** Whether Deno starts the program anew when a file changes; absent if that is not known. */
  readonly isWatching?: boolean;
  /** What has to stand beside the agent before the start: a name, to which its content is added, and a text. */
  readonly files: readonly { readonly name: string; readonly text: string }[];
  /** One sentence each. */
  readonly notices: readonly string[];
}

/** Where Deno's versions differ. `version` is the first one that has it. */
const SINCE = {
  /** `--preload`, and all the agent needs of the runtime. */
  preload: [2, 5],
  /** NODE_OPTIONS=--require. https://github.com/denoland/deno/releases/tag/v2.7.0 */
  nodeOptions: [2, 7],
  /** NODE_OPTIONS, `--require` and `--preload` together with `--watch`. */
  watch: [2, 9],
  /** From here on `--allow-sys=inspector` is not accepted, though it is what the inspector asks for. */
  noSysInspector: [2, 8],
} as const;

const SERVE_MODULE = "serve.mjs";
const PRELOAD_MODULE = "preload.mjs";

/** Brings the agent, and lets it replace a module's globals: up to 2.6 these are not those of the agent itself. */
function preloadModule(agentPath: string): string {
  return `import ${JSON.stringify(`./${basename(agentPath)}`)};
process[Symbol.for("profsrv.agent")]?.((name, change) => globalThis[name] = change(globalThis[name]));
`;
}

/** Plans a Deno command. Pure. */
export function planDeno(request: DenoRequest): DenoPlan {
  const { args, version } = request;
  const command = readDenoCommand(args);
  const alone = (text: string): DenoPlan => ({
    args,
    byNodeOptions: false,
    loads: false,
    files: [],
    notices: [text],
  });
  if (version !== undefined && !isSince(version, SINCE.preload)) {
    return alone(`Deno ${version} cannot be profiled: 2.5 and newer can; the command runs as it is.`);
  }
  const hasNodeOptions = version === undefined || isSince(version, SINCE.nodeOptions);
  if (command.subcommand === "task") {
    if (!hasNodeOptions) {
      return alone(
        `Deno ${version} lets no profiler into its tasks: run the task's own command, or Deno 2.7 or newer.`,
      );
    }
    return { args, byNodeOptions: true, loads: true, files: [], notices: [TASK] };
  }
  if (command.subcommand !== "run" && command.subcommand !== "serve") {
    return { args, byNodeOptions: hasNodeOptions, loads: true, files: [], notices: [] };
  }
  const { isWatching } = command;
  if (isWatching && command.subcommand === "run" && !isSince(version ?? "2.9", SINCE.watch)) {
    return alone(
      `Deno ${version} lets no profiler into "deno run --watch": leave --watch out, or take Deno 2.9 or newer.`,
    );
  }
  const lacking = permit(command, request);
  if ("obstacle" in lacking) return alone(lacking.obstacle);
  if (command.subcommand === "run") {
    const loading = hasNodeOptions ? { files: [], flags: [] } : preload(request.agentPath);
    return finished(lacking, { byNodeOptions: hasNodeOptions, loads: true, isWatching, ...loading });
  }
  return serve(command, request, lacking);
}

interface Changed {
  readonly args: readonly string[];
  readonly flagsAt: number;
  readonly notices: readonly string[];
}

function finished(
  { args, flagsAt, notices }: Changed,
  { flags, ...rest }: Pick<DenoPlan, "byNodeOptions" | "loads" | "files" | "isWatching"> & {
    flags: readonly string[];
  },
): DenoPlan {
  return { ...rest, notices, args: [...args.slice(0, flagsAt), ...flags, ...args.slice(flagsAt)] };
}

/** `deno serve` reads neither NODE_OPTIONS nor `--preload`: a module of ours stands in for the user's, and hands on to it. */
function serve(
  { scriptAt, namesConfig, isWatching }: DenoCommand,
  request: DenoRequest,
  changed: Changed,
): DenoPlan {
  const script = request.args[scriptAt];
  const nothing = { byNodeOptions: false, loads: true, isWatching, files: [], flags: [] };
  if (script === undefined) return finished(changed, nothing);
  const config = namesConfig ? undefined : request.configOf(script);
  if (config !== undefined && /[\\/]package\.json$/.test(config)) {
    const notice =
      `Requests that "deno serve" handles are profiled only with a deno.json: an empty one ({}) beside ` +
      `"${config}" will do.`;
    return { args: request.args, byNodeOptions: false, loads: false, files: [], notices: [notice] };
  }
  const at = scriptAt + changed.args.length - request.args.length;
  const { files: [first] } = preload(request.agentPath);
  const module = {
    name: SERVE_MODULE,
    text: serveModule(contentName(first.name, first.text), request.urlOf(script)),
  };
  const path = pathOf(module, request.agentPath);
  const args = changed.args.map((word, i) => i === at ? path : word);
  const flags = config === undefined ? [] : ["--config", config];
  const files = [first, module];
  return finished({ ...changed, args }, { byNodeOptions: false, loads: true, isWatching, files, flags });
}

type Module = DenoPlan["files"][number];

function preload(agentPath: string): { files: readonly [Module]; flags: readonly string[] } {
  const module = { name: PRELOAD_MODULE, text: preloadModule(agentPath) };
  return { files: [module], flags: ["--preload", pathOf(module, agentPath)] };
}

function pathOf({ name, text }: Module, agentPath: string): string {
  return join(dirname(agentPath), contentName(name, text));
}

function serveModule(preload: string, url: string): string {
  const quoted = JSON.stringify(url);
  return `import "./${preload}";\nexport * from ${quoted};\nexport { default } from ${quoted};\n`;
}

const TASK =
  "In a task, Deno's own flags decide: where a server is not profiled, give its command -A, or --allow-env, " +
  "--allow-read, --allow-write and --allow-sys.";

/** The command with what the agent needs permitted, or why that cannot be. */
function permit(command: DenoCommand, request: DenoRequest): Changed | { readonly obstacle: string } {
  const { flagsAt } = command;
  const denied = NEEDED.find((it) => isDenied(command.permissions[it], it, request));
  if (denied !== undefined) {
    const obstacle =
      `--deny-${denied} keeps the profiler out: the command runs as it is; without that flag it can be profiled.`;
    return { obstacle };
  }
  if (command.allowsAll) return { args: request.args, flagsAt, notices: [] };
  if (command.hasPermissionSet) {
    const notices = [
      "Profiling needs env, read, write and sys in the permission set that -P names, or -A instead.",
    ];
    return { args: request.args, flagsAt, notices };
  }
  const args = [...request.args];
  const added: string[] = [];
  const widened: string[] = [];
  for (const permission of NEEDED) {
    const { all, scoped } = command.permissions[permission];
    if (all) continue;
    const flag = flagFor(permission, request);
    if (permission === "sys" && scoped.length > 0) {
      widened.push(widenSys(args, scoped, flag));
    } else added.push(flag);
  }
  args.splice(flagsAt, 0, ...added);
  const all = [...added, ...widened];
  const notices = all.length === 0 ? [] : [`For the profiler Deno also gets ${all.join(" ")}.`];
  return { args, flagsAt, notices };
}

function flagFor(permission: Permission, { version, spool }: DenoRequest): string {
  if (permission === "env") return `--allow-env=${CONFIG_VARIABLE}`;
  if (permission !== "sys") return `--allow-${permission}=${escaped(spool)}`;
  return version !== undefined && !isSince(version, SINCE.noSysInspector)
    ? "--allow-sys=inspector"
    : "--allow-sys";
}

/** A scoped flag beside a bare one counts, the bare one does not: where only all of it will do, it has to stand alone. */
function widenSys(args: string[], scoped: readonly number[], flag: string): string {
  if (flag.includes("=")) {
    // This flag may stand only once.
    args[scoped[0]!] += ",inspector";
    return flag;
  }
  for (const at of scoped) args[at] = flag;
  return `${flag} (all of it)`;
}

function isDenied(
  { denied, deniedParts }: Granted,
  permission: Permission,
  { spool, platform }: DenoRequest,
): boolean {
  if (denied) return true;
  if (permission === "env") return deniedParts.includes(CONFIG_VARIABLE);
  if (permission === "sys") return deniedParts.includes("inspector");
  return deniedParts.some((it) => isWithin(spool, it, { platform, cwd: process.cwd() }));
}

/** In a list of paths a comma is written twice. */
function escaped(path: string): string {
  return path.replaceAll(",", ",,");
}

function isSince(version: string, [major, minor]: readonly [number, number]): boolean {
  const [a = 0, b = 0] = version.split(".").map(Number);
  return a > major || (a === major && b >= minor);
}
