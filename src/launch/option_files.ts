/**
 * Options that a file names for `node`. Node takes NODE_OPTIONS from `--env-file`, and `nodeOptions` from its configuration file, only
 * where the variable is not set; profsrv sets it, so it has to carry what stands there. Pure.
 *
 * https://nodejs.org/api/cli.html#--env-filefile and #--experimental-config-fileconfig
 */
import util from "node:util";
import { quoteNodeOption } from "./node_options.ts";

/** What a command says of such files, and how they are read: undefined for one that cannot be. */
export interface OptionFiles {
  /** Node's own words: what stands between `node` and the script. */
  readonly words: readonly string[];
  readText(path: string): string | undefined;
}

/** Node 20.12 and newer have it, and so has every Node that reads such files. */
const { parseEnv } = util as Partial<typeof util>;

const DEFAULT_CONFIG_OPTION = "--experimental-default-config-file";
const DEFAULT_CONFIG = "node.config.json";

/** What stands in files. */
export interface FromFiles {
  /** The NODE_OPTIONS that Node would take; empty if it would take none. */
  readonly options: string;
  /** The words that name the files. */
  readonly words: readonly string[];
}

/** The NODE_OPTIONS that Node would take from the files that its words name. */
export function optionsFromFiles({ words, readText }: OptionFiles): FromFiles {
  const named: string[] = [];
  let options = "";
  for (let at = 0; at < words.length; at++) {
    const word = words[at]!;
    const [, name, value = words[at + 1]] =
      /^--(experimental-config-file|env-file(?:-if-exists)?)(?:=(.*))?$/s.exec(word) ?? [];
    const isConfig = word === DEFAULT_CONFIG_OPTION || name === "experimental-config-file";
    const path = word === DEFAULT_CONFIG_OPTION ? DEFAULT_CONFIG : name && value;
    if (path === undefined) continue;
    named.push(word);
    const text = readText(path) ?? "";
    // The last file wins, as it does in Node.
    options = (isConfig ? optionsOfConfig(text) : parseEnv?.(text)["NODE_OPTIONS"]) ?? options;
  }
  return { options, words: named };
}

/** Source: `ConfigReader::ParseNodeOptions` in https://github.com/nodejs/node/blob/main/src/node_config_file.cc */
function optionsOfConfig(text: string): string | undefined {
  let options: unknown;
  try {
    options = (JSON.parse(text) as { readonly nodeOptions?: unknown } | null)?.nodeOptions;
  } catch {
    return undefined; // Node says so itself.
  }
  if (typeof options !== "object" || options === null) return undefined;
  const written = Object.entries(options).flatMap(([name, value]) => wordsOf(name, value));
  return written.length === 0 ? undefined : written.map(quoteNodeOption).join(" ");
}

function wordsOf(name: string, value: unknown): string[] {
  if (typeof value === "boolean") return [value ? `--${name}` : `--no-${name}`];
  return (Array.isArray(value) ? value : [value]).map((it) => `--${name}=${it}`);
}
