/** How the agent gets into a Deno command: by NODE_OPTIONS, by a flag or by a module of ours, and with which permissions. */
import process from "node:process";
import { type AgentConfig, AUTO_SERVE_VARIABLE, CONFIG_VARIABLE } from "../protocol/messages.ts";
import { type DenoCommand, type Granted, NEEDED, type Permission, readDenoCommand } from "./deno_flags.ts";
import { asRun, preloadModule, servedModule } from "./deno_serve.ts";
import { isWithin } from "./path_within.ts";

/** What a plan is made from. */
export interface DenoRequest {
  /** The words behind `deno`. */
  readonly args: readonly string[];
  /** Version of that Deno, as `2.9.6`; undefined if it could not be found out. */
  readonly version?: string | undefined;
  /** As `process.platform` names it. */
  readonly platform: string;
  /** The private directory that the agent writes to. */
  readonly spool: string;
  /** The agent as a file. */
  readonly agentPath: string;
  /** What a module has to import to get what a script's name means. */
  specifierOf(script: string): string;
  /**
   * The configuration file that Deno finds for a script by itself, or a `package.json` that it finds only by that script;
   * undefined if there is none.
   */
  configOf(script: string): string | undefined;
}

/** What to change. */
export interface DenoPlan {
  readonly args: readonly string[];
  /** Whether NODE_OPTIONS brings the agent in. */
  readonly byNodeOptions: boolean;
  /** Whether the agent gets in at all. */
  readonly loads: boolean;
  /** What the agent has to know besides. */
  readonly config?: Pick<AgentConfig, "isWatching" | "serving">;
  /** Environment variables to set. */
  readonly env?: Readonly<Record<string, string>>;
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
  /** From here on no list of paths can name one with a comma: it is not enough any more to write it twice. */
  noComma: [2, 9, 6],
} as const;

/** Plans a Deno command. Pure. */
export function planDeno(request: DenoRequest): DenoPlan {
  const { args, version } = request;
  const command = readDenoCommand(args);
  if (version !== undefined && !isSince(version, SINCE.preload)) {
    return alone(args, `Deno ${version} cannot be profiled: 2.5 and newer can; the command runs as it is.`);
  }
  switch (command.subcommand) {
    case "task":
      return planTask(request);
    case "run":
      return planRun(request, command);
    case "serve":
      return planServe(request, command);
    default:
      return { args, byNodeOptions: readsNodeOptions(version), loads: true, notices: [] };
  }
}

function alone(args: readonly string[], notice: string): DenoPlan {
  return { args, byNodeOptions: false, loads: false, notices: [notice] };
}

function readsNodeOptions(version: string | undefined): boolean {
  return version === undefined || isSince(version, SINCE.nodeOptions);
}

function planTask({ args, version }: DenoRequest): DenoPlan {
  if (readsNodeOptions(version)) return { args, byNodeOptions: true, loads: true, notices: [TASK] };
  return alone(
    args,
    `Deno ${version} lets no profiler into its tasks: run the task's own command, or Deno 2.7 or newer.`,
  );
}

function planRun(request: PermissionRequest, command: DenoCommand): DenoPlan {
  const { args, version, agentPath } = request;
  const { isWatching } = command;
  if (isWatching && !isSince(version ?? "2.9", SINCE.watch)) {
    const what = `Deno ${version} lets no profiler into "deno run --watch"`;
    return alone(args, `${what}: leave --watch out, or take Deno 2.9 or newer.`);
  }
  const permitted = permit(command, request);
  if ("obstacle" in permitted) return alone(args, permitted.obstacle);
  const byNodeOptions = readsNodeOptions(version);
  const flags = byNodeOptions ? [] : ["--preload", preloadModule(agentPath)];
  return finished(permitted, { byNodeOptions, flags, config: { isWatching } });
}

function planServe(request: DenoRequest, command: DenoCommand): DenoPlan {
  const { args, version } = request;
  const canRun = version !== undefined && (!command.isWatching || isSince(version, SINCE.watch));
  const run = canRun ? asRun(args, command) : undefined;
  if (run === undefined) return planServedModule(request, command);
  const { serving } = run;
  const plan = planRun({ ...request, args: run.args, isServing: true }, readDenoCommand(run.args));
  if (!plan.loads) return { ...plan, args };
  return { ...plan, config: { ...plan.config, serving }, env: { [AUTO_SERVE_VARIABLE]: "1" } };
}

interface Changed {
  readonly args: readonly string[];
  readonly flagsAt: number;
  readonly notices: readonly string[];
}

function finished(
  { args, flagsAt, notices }: Changed,
  { flags, ...rest }: Pick<DenoPlan, "byNodeOptions" | "config"> & { flags: readonly string[] },
): DenoPlan {
  return {
    ...rest,
    loads: true,
    notices,
    args: [...args.slice(0, flagsAt), ...flags, ...args.slice(flagsAt)],
  };
}

/** A module of ours stands in for the user's. */
function planServedModule(request: DenoRequest, command: DenoCommand): DenoPlan {
  const { scriptAt, namesConfig, isWatching } = command;
  const { agentPath } = request;
  const permitted = permit(command, request);
  if ("obstacle" in permitted) return alone(request.args, permitted.obstacle);
  const script = request.args[scriptAt];
  const rest = { byNodeOptions: false, config: { isWatching } };
  if (script === undefined) return finished(permitted, { ...rest, flags: [] });
  const args = [...permitted.args];
  args[scriptAt + args.length - request.args.length] = servedModule(agentPath, request.specifierOf(script));
  const config = namesConfig ? undefined : request.configOf(script);
  if (config !== undefined && /[\\/]package\.json$/.test(config)) {
    const why =
      `Here requests are profiled only with a deno.json: an empty one ({}) beside "${config}" will do.`;
    return alone(request.args, why);
  }
  const flags = config === undefined ? [] : ["--config", config];
  const notice =
    `To be profiled, "${script}" is served by a module of profsrv's: import.meta.main is false in it.`;
  return finished({ ...permitted, args, notices: [...permitted.notices, notice] }, { ...rest, flags });
}

const TASK =
  `In a task, Deno's own flags decide: "deno run" is profiled if it has -A, or --allow-env, --allow-read, --allow-write and ` +
  `--allow-sys; "deno serve" lets no profiler in there: put profsrv before that command itself, without the task.`;

interface PermissionRequest extends DenoRequest {
  /** Whether this is `deno serve` in truth. */
  readonly isServing?: boolean;
}

/** The command with what the agent needs permitted, or why that cannot be. */
function permit(command: DenoCommand, request: PermissionRequest): Changed | { readonly obstacle: string } {
  const { flagsAt } = command;
  const denied = NEEDED.find((it) => {
    const granted = command.permissions[it];
    return isDenied(granted, it, request) || (granted.ignored && (command.allowsAll || granted.all));
  });
  if (denied !== undefined) {
    const isObstacle = (flag: string) => new RegExp(`^--(deny|ignore)-${denied}(=|$)`).test(flag);
    const flag = command.flags.map((at) => request.args[at]!).find(isObstacle);
    const obstacle =
      `${flag} keeps the profiler out: the command runs as it is; without that flag it can be profiled.`;
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
  if (isSince(request.version ?? "2.9.6", SINCE.noComma) && added.some((it) => it.includes(escaped(",")))) {
    const obstacle =
      `Deno takes no comma in a list of paths, and "${request.spool}" has one: the command runs as it is; ` +
      `with -A, or with TMPDIR elsewhere, it can be profiled.`;
    return { obstacle };
  }
  args.splice(flagsAt, 0, ...added);
  const all = [...added, ...widened];
  const notices = all.length === 0 ? [] : [`For the profiler Deno also gets ${all.join(" ")}.`];
  return { args, flagsAt, notices };
}

function flagFor(permission: Permission, { version, spool, isServing }: PermissionRequest): string {
  if (permission === "env") {
    // The agent takes the second away again.
    return `--allow-env=${isServing ? `${CONFIG_VARIABLE},${AUTO_SERVE_VARIABLE}` : CONFIG_VARIABLE}`;
  }
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

function isSince(version: string, first: readonly number[]): boolean {
  const parts = version.split(".").map(Number);
  const at = first.findIndex((it, i) => it !== parts[i]);
  return at === -1 || (parts[at] ?? 0) > first[at]!;
}
