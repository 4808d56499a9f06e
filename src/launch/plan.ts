/** What will be spawned, as a value: the user's command, and the agent on its way into every node below it. */
import { type AgentConfig, CONFIG_VARIABLE } from "../protocol/messages.ts";
import { type DenoPlan, type DenoRequest, planDeno } from "./deno_plan.ts";
import { type Environment, variableName } from "./environment.ts";
import { requireFirst } from "./node_options.ts";
import { planPermission } from "./node_permission.ts";
import { programName } from "./program_name.ts";
import { batchArguments, isBatchFile } from "./windows_shim.ts";

/** What a plan is made from. Invariant: `command` has at least one word. */
export interface LaunchRequest {
  readonly command: readonly string[];
  /** The file that the command's first word means, as `findCommand` found it. */
  readonly file: string;
  readonly env: Environment;
  /** As `process.platform` names it. */
  readonly platform: string;
  /** Absent when the command has to run without the agent. */
  readonly agent?: AgentEntry;
  /** If the file is Deno: what has to be known of it and of its files. */
  readonly deno?: Pick<DenoRequest, "version" | "urlOf" | "configOf">;
}

/** The agent, as a command loads it. */
export interface AgentEntry {
  /** Its file. */
  readonly path: string;
  /** The run's private directory. */
  readonly spool: string;
  /** What it must know. */
  readonly config: AgentConfig;
}

/** What to spawn. */
export interface SpawnPlan {
  readonly file: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** Windows: `args` are quoted already. */
  readonly verbatim: boolean;
  /** One sentence each, for the user: what will not be profiled and why. */
  readonly notices: readonly string[];
  /** What must stand beside the agent before the start. */
  readonly files: DenoPlan["files"];
}

/** Plans how a command is started so that the agent is loaded first in every node process of it. Pure. */
export function planLaunch(request: LaunchRequest): SpawnPlan {
  const { agent, platform } = request;
  const env = Object.fromEntries(
    Object.entries(request.env).filter((it): it is [string, string] => it[1] !== undefined),
  );
  const entry = entryOf(request);
  if (agent !== undefined && entry.byNodeOptions) {
    const name = variableName(env, "NODE_OPTIONS", platform);
    const added = entry.nodeOptions ?? "";
    env[name] = requireFirst(agent.path, [added, env[name] ?? ""].filter((it) => it !== "").join(" "));
  }
  if (agent !== undefined && entry.loads) {
    const { isWatching } = entry;
    env[CONFIG_VARIABLE] = JSON.stringify({
      ...agent.config,
      ...(isWatching === undefined ? {} : { isWatching }),
    });
  }
  const command = [request.command[0] ?? "", ...entry.args];
  return { ...program({ ...request, command }), env, notices: entry.notices, files: entry.files };
}

/** How the agent gets in; `nodeOptions`: what must be in NODE_OPTIONS beside it. */
type Entry = DenoPlan & { readonly nodeOptions?: string };

const AS_IT_IS = { byNodeOptions: false, loads: false, files: [], notices: [] } as const;

const UNKNOWN_DENO = "Nothing is known of this Deno; the command runs without the profiler.";

/** How the agent gets in, if it does. */
function entryOf(request: LaunchRequest): Entry {
  const { command, agent, deno } = request;
  const args = command.slice(1);
  if (agent !== undefined && deno !== undefined) {
    return planDeno({ ...deno, args, agentPath: agent.path, spool: agent.spool });
  }
  if (agent === undefined) return { ...AS_IT_IS, args };
  if (programName(request.file) === "deno") return { ...AS_IT_IS, args, notices: [UNKNOWN_DENO] };
  const { file, env, platform } = request;
  const nodeOptions = env[variableName(env, "NODE_OPTIONS", platform)] ?? "";
  const restricted = planPermission({
    file,
    command,
    nodeOptions,
    agentPath: agent.path,
    spool: agent.spool,
  });
  if (restricted === undefined) return { ...AS_IT_IS, args, byNodeOptions: true, loads: true };
  const { isFree, notice } = restricted;
  return {
    ...AS_IT_IS,
    args: [...restricted.args, ...args],
    byNodeOptions: isFree,
    loads: isFree,
    nodeOptions: restricted.nodeOptions,
    notices: [notice],
  };
}

function program(
  { command, file, env, platform }: LaunchRequest,
): Pick<SpawnPlan, "file" | "args" | "verbatim"> {
  const [word = "", ...args] = command;
  // Elsewhere the word itself is passed on: the system finds the same file, and the program sees the name it was called by.
  if (platform !== "win32") return { file: word, args, verbatim: false };
  if (!isBatchFile(file)) return { file, args, verbatim: false };
  const shell = env[variableName(env, "ComSpec", platform)] ?? "cmd.exe";
  return { file: shell, args: batchArguments(file, args), verbatim: true };
}
