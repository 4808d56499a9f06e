/** Options for Node that stand in a file, and that Node leaves aside because profsrv sets NODE_OPTIONS. */
import process from "node:process";
import { original } from "../originals.ts";

const FILE_OPTION = /^--(?:env-file(?:-if-exists)?|experimental-config-file)(?:=(.*))?$/s;
const DEFAULT_CONFIG = "node.config.json";
const SETS_OPTIONS = /^\s*(?:export\s+)?NODE_OPTIONS\s*=|"nodeOptions"\s*:\s*\{\s*"/m;

/**
 * One sentence that names the file; undefined if all is in force. `known`: see
 * `AgentConfig.optionFiles`.
 */
export function ignoredOptions(known: readonly string[] | undefined): string | undefined {
  if (known === undefined) return undefined;
  const words = process.execArgv;
  for (let index = 0; index < words.length; index++) {
    const word = words[index]!;
    if (known.includes(word)) continue;
    const [isFile, value = words[index + 1]] = FILE_OPTION.exec(word) ?? [];
    const path = word === "--experimental-default-config-file" ? DEFAULT_CONFIG : isFile && value;
    if (!path || !SETS_OPTIONS.test(textOf(path))) continue;
    return `the options for node in "${path}" are not in force in process ${process.pid}, because profsrv sets NODE_OPTIONS; ` +
      "give them to profsrv in its NODE_OPTIONS";
  }
  return undefined;
}

function textOf(path: string): string {
  try {
    return original.readFileSync(path, "utf8");
  } catch {
    return "";
  }
}
