/** How the agent gets into a Deno command: by NODE_OPTIONS, by a flag or by a module of ours, and with which permissions. */
import { type AgentConfig, AUTO_SERVE_VARIABLE } from "../protocol/messages.ts";
import { type DenoCommand, readDenoCommand } from "./deno_flags.ts";
import { type Changed, permit } from "./deno_permissions.ts";
import { asRun, preloadModule, servedModule } from "./deno_serve.ts";
import { isSince, SINCE } from "./deno_versions.ts";

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

function planRun(request: DenoRequest & { readonly isServing?: boolean }, command: DenoCommand): DenoPlan {
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
