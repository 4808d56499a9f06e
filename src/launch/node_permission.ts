/**
 * Node's permission model: what stands in the agent's way, and what lets it in without giving the program more than it has.
 *
 * From Node 24.12 on the profiler needs no permission at one sample in a millisecond. Else it is the inspector's, which Node 24 and
 * newer open with `--allow-inspector`, and older versions not at all. See https://nodejs.org/api/permissions.html
 */
import { quoteNodeOption } from "./node_options.ts";
import { nodeWords } from "./node_words.ts";

/** A command under the permission model. */
export interface Restricted {
  /** Whether the agent can be loaded at all. */
  readonly isFree: boolean;
  /** Words to be added behind `node`, and what is to be added to NODE_OPTIONS: never both. */
  readonly args: readonly string[];
  readonly nodeOptions: string;
  /** One sentence for the user. */
  readonly notice: string;
}

/** What the agent needs. */
export interface Needs {
  readonly file: string;
  readonly command: readonly string[];
  readonly nodeOptions: string;
  /** The directory that the agent is read from, */
  readonly cache: string;
  /** and the only one that it writes to. */
  readonly spool: string;
}

/** How a command gets on with Node's permission model; undefined where that is off. Pure. */
export function planPermission(
  { file, command, nodeOptions, cache, spool }: Needs,
): Restricted | undefined {
  const words = nodeWords(file, command);
  const isInCommand = words.some((it) => RESTRICTS.test(it));
  if (!isInCommand && !RESTRICTS.test(nodeOptions)) return undefined;
  const mayLetIn = [...words, nodeOptions].some((it) => LETS_IN.test(it));
  if (!mayLetIn) {
    return {
      isFree: false,
      args: [],
      nodeOptions: "",
      notice:
        "Node's permission model (--experimental-permission) shuts the profiler out, --permission of Node 24.12 and newer lets it in; the command runs without it.",
    };
  }
  const added = [`--allow-fs-read=${cache}`, `--allow-fs-read=${spool}`, `--allow-fs-write=${spool}`];
  return {
    isFree: true,
    args: isInCommand ? added : [],
    nodeOptions: isInCommand ? "" : added.map(quoteNodeOption).join(" "),
    notice:
      `Node's permission model is on: the command also may read "${cache}", and read and write "${spool}".`,
  };
}

const RESTRICTS = /(^|\s)--(experimental-)?permission(=|\s|$)/;
/** Where the model is still experimental it lets no profiler in. */
const LETS_IN = /(^|\s)--(permission|allow-inspector)(=|\s|$)/;
