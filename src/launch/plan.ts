/** What will be spawned, as a value: the user's command, and the agent on its way into every node below it. */
import { posix, win32 } from "node:path";
import { type AgentConfig, CONFIG_VARIABLE } from "../protocol/messages.ts";
import { type DenoPlan, type DenoRequest, planDeno } from "./deno_plan.ts";
import { type Environment, variableName } from "./environment.ts";
import { contentName } from "./content_name.ts";
import { requireAgent } from "./node_options.ts";
import { nodeWords } from "./node_words.ts";
import { NPM_NODE_OPTIONS, npmNodeOptions } from "./npm_options.ts";
import { type FromFiles, optionsFromFiles } from "./option_files.ts";
import { foreignNotice } from "./foreign_runtime.ts";
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
  readonly deno?: Pick<DenoRequest, "version" | "specifierOf" | "configOf">;
  /** The text of a file that the command names, relative to its working directory; undefined if it cannot be read. */
  readText?(path: string): string | undefined;
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
  /** What must stand beside the agent before the start: a name, to which its content is added, and a text. */
  readonly files: readonly Module[];
}

interface Module {
  readonly name: string;
  readonly text: string;
}

/** Plans how a command is started so that the agent is loaded first in every node process of it. Pure. */
export function planLaunch(request: LaunchRequest): SpawnPlan {
  const { agent, platform } = request;
  const env = Object.fromEntries(
    Object.entries(request.env).filter((it): it is [string, string] => it[1] !== undefined),
  );
  const entry = entryOf(request);
  const fromFiles = optionsOfFiles(request);
  const files: Module[] = [];
  if (agent !== undefined && entry.byNodeOptions) {
    const name = variableName(env, "NODE_OPTIONS", platform);
    const options = [entry.nodeOptions ?? "", env[name] ?? fromFiles.options];
    const pathOf = ({ name, text }: Module) => {
      return pathsOf(platform).join(directoryOf(agent, platform), contentName(name, text));
    };
    const add = (options: string) => {
      const { text, file } = requireAgent(agent.path, options, pathOf);
      if (file !== undefined) files.push(file);
      return text;
    };
    env[name] = add(options.filter((it) => it !== "").join(" "));
    const replacing = npmNodeOptions({ env: request.env, readText: request.readText ?? (() => undefined) });
    if (replacing !== undefined) env[NPM_NODE_OPTIONS] = add(replacing);
  }
  if (agent !== undefined && entry.loads) {
    Object.assign(env, entry.env);
    // Where the user sets the variable Node leaves the files aside, profsrv or not.
    const isSet = request.env[variableName(request.env, "NODE_OPTIONS", platform)] !== undefined;
    env[CONFIG_VARIABLE] = JSON.stringify({
      ...agent.config,
      ...(isSet || !entry.byNodeOptions ? {} : { optionFiles: fromFiles.words }),
      ...entry.config,
    });
  }
  const command = [request.command[0] ?? "", ...entry.args];
  return { ...planProgram({ ...request, command }), env, notices: entry.notices, files };
}

function directoryOf({ path }: AgentEntry, platform: string): string {
  return pathsOf(platform).dirname(path);
}

function pathsOf(platform: string): typeof posix {
  return platform === "win32" ? win32 : posix;
}

function optionsOfFiles({ file, command, readText = () => undefined }: LaunchRequest): FromFiles {
  return optionsFromFiles({ words: nodeWords(file, command), readText });
}

/** How the agent gets in; `nodeOptions`: what must be in NODE_OPTIONS beside it. */
type Entry = DenoPlan & { readonly nodeOptions?: string };

const AS_IT_IS = { byNodeOptions: false, loads: false, notices: [] } as const;

const UNKNOWN_DENO = "Nothing is known of this Deno; the command runs without the profiler.";

/** How the agent gets in, if it does. */
function entryOf(request: LaunchRequest): Entry {
  const { command, agent, deno } = request;
  const args = command.slice(1);
  if (agent !== undefined && deno !== undefined) {
    return planDeno({ ...deno, args, agentPath: agent.path, spool: agent.spool, platform: request.platform });
  }
  if (agent === undefined) return { ...AS_IT_IS, args };
  if (programName(request.file) === "deno") return { ...AS_IT_IS, args, notices: [UNKNOWN_DENO] };
  const { file, env, platform } = request;
  const nodeOptions = env[variableName(env, "NODE_OPTIONS", platform)] ?? "";
  const restricted = planPermission({
    file,
    command,
    nodeOptions,
    cache: directoryOf(agent, platform),
    spool: agent.spool,
  });
  if (restricted === undefined) {
    const notice = foreignNotice(command);
    const notices = notice === undefined ? [] : [notice];
    return { ...AS_IT_IS, args, byNodeOptions: true, loads: true, notices };
  }
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

/** The file and the words with which the system starts a command. Pure. */
export function planProgram(
  { command, file, env, platform }: LaunchRequest,
): Pick<SpawnPlan, "file" | "args" | "verbatim"> {
  const [word = "", ...args] = command;
  // Elsewhere the word itself is passed on: the system finds the same file, and the program sees the name it was called by.
  if (platform !== "win32") return { file: word, args, verbatim: false };
  if (!isBatchFile(file)) return { file, args, verbatim: false };
  const shell = env[variableName(env, "ComSpec", platform)] || "cmd.exe";
  return { file: shell, args: batchArguments(file, args), verbatim: true };
}
