/** NODE_OPTIONS: how Node splits it, and how the agent gets in. */

/** Nothing that Node, a shell-like splitter or a program that cuts at spaces reads in a special way. */
const PLAIN = /^[\w@%+=:,./\\-]+$/;

/**
 * A value written so that Node reads it back unchanged. Node splits NODE_OPTIONS at spaces; inside double quotes a
 * backslash makes the next character plain, outside it is an ordinary character. Node 8 knows no quotes: what needs none gets none.
 *
 * Source: `ParseNodeOptionsEnvVar` in https://github.com/nodejs/node/blob/main/src/node_options.cc
 */
export function quoteNodeOption(value: string): string {
  return PLAIN.test(value) ? value : `"${value.replace(/[\\"]/g, "\\$&")}"`;
}

/** The words of NODE_OPTIONS as Node splits them; undefined where Node would refuse the text. */
export function splitNodeOptions(text: string): string[] | undefined {
  const words: string[] = [];
  let isQuoted = false;
  let isInside = false;
  for (let at = 0; at < text.length; at++) {
    let character = text[at]!;
    if (character === "\\" && isQuoted) {
      if (++at === text.length) return undefined;
      character = text[at]!;
    } else if (character === " " && !isQuoted) {
      isInside = false;
      continue;
    } else if (character === '"') {
      isQuoted = !isQuoted;
      continue;
    }
    if (isInside) words[words.length - 1] += character;
    else words.push(character);
    isInside = true;
  }
  return isQuoted ? undefined : words;
}

/** NODE_OPTIONS with the agent. */
export interface WithAgent {
  readonly text: string;
  /** What has to stand beside the agent: a file that loads it, and then what the user wants to be required first. */
  readonly file?: { readonly name: string; readonly text: string };
}

const PRELOADS = "preloads.cjs";

/**
 * NODE_OPTIONS that load the agent before everything else. What was there stays behind it, untouched: even a mistake in it
 * then ends as it would without us.
 *
 * Where the user has a file required, too, one file requires both: Next.js 15 reads NODE_OPTIONS, and joins the values of two
 * `--require` to one path. `pathOf` gives the path of a file that stands beside the agent.
 */
export function requireAgent(
  agentPath: string,
  options: string | undefined,
  pathOf: (file: { readonly name: string; readonly text: string }) => string,
): WithAgent {
  const { required, others } = partsOf(options ?? "");
  if (required.length === 0) return { text: join(`--require ${quoteNodeOption(agentPath)}`, options ?? "") };
  const file = { name: PRELOADS, text: preloads(agentPath, required) };
  return {
    text: join(`--require ${quoteNodeOption(pathOf(file))}`, others.map(quoteNodeOption).join(" ")),
    file,
  };
}

function join(ours: string, options: string): string {
  return options === "" ? ours : `${ours} ${options}`;
}

/** What is required in NODE_OPTIONS, in order, and all else; nothing is required where there is a mistake in it. */
function partsOf(options: string): { required: string[]; others: string[] } {
  const words = splitNodeOptions(options) ?? [];
  const required: string[] = [];
  const others: string[] = [];
  for (let at = 0; at < words.length; at++) {
    const word = words[at]!;
    const [, value] = /^--require=(.+)$/s.exec(word) ?? [];
    if (value !== undefined) required.push(value);
    else if (word === "--require" || word === "-r") {
      const next = words[++at];
      if (next === undefined || next.startsWith("-")) return { required: [], others: words };
      required.push(next);
    } else others.push(word);
  }
  return { required, others };
}

/** A text for any Node: the module that Node makes for what it preloads requires the user's as it would without us. */
function preloads(agentPath: string, required: readonly string[]): string {
  return `"use strict";
delete require.cache[module.id];
var paths = module.constructor._pathCache || {};
Object.keys(paths).forEach(function (it) { if (paths[it] === __filename) delete paths[it]; });
require(${JSON.stringify(agentPath)});
var parent = module.parent && module.parent.id === "internal/preload" ? module.parent : null;
var load = parent ? parent.require.bind(parent) : require("module").createRequire(process.cwd() + "/");
${required.map((it) => `load(${JSON.stringify(it)});\n`).join("")}`;
}
