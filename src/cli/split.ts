/** Our options apart from the command: only what stands before the command's first word is ours. */
import type { OptionInfo, OptionTable } from "./options.ts";

/** The user asked for something we do not have; the message is one sentence for the user. */
export class UsageError extends Error {
  override name = "UsageError";
}

/** One option as given; `value` only where it takes one, empty where it may be left out and was. */
export interface GivenOption {
  readonly option: OptionInfo;
  readonly value?: string;
}

/** A command line taken apart. */
export interface SplitArguments {
  readonly options: readonly GivenOption[];
  readonly command: readonly string[];
  /** Whether a `--` ended the options. */
  readonly isOver: boolean;
}

/** Splits a command line at the first word that is no option, or behind `--`. Throws `UsageError`. */
export function splitArguments(argv: readonly string[], table: OptionTable): SplitArguments {
  const { options, rest, isOver } = takeOptions(argv, table);
  return { options, command: rest, isOver };
}

/** A text of options, split at spaces that stand in no quotes, single or double. Throws `UsageError`. */
export function optionsIn(text: string, table: OptionTable): readonly GivenOption[] {
  const words = text.match(/(?:[^\s"']|"[^"]*"|'[^']*'|["'])+/g) ?? [];
  const open = words.find((it) => /["']/.test(it.replace(QUOTED, "")));
  if (open !== undefined) throw new UsageError(`"${open}" has a quote without its end`);
  const { options, rest: [word] } = takeOptions(words.map((it) => it.replace(QUOTED, "$1$2")), table);
  if (word === undefined) return options;
  throw new UsageError(`"${word}" is no option: expected only what stands before the command`);
}

const QUOTED = /"([^"]*)"|'([^']*)'/g;

/** Those of our options that stand behind the command's first word, where they are the command's; each once. Pure. */
export function optionsBehind([, ...words]: readonly string[], { options }: OptionTable): string[] {
  const names = new Set(words.map((it) => /^--([^=]+)/.exec(it)?.[1]));
  // Every program has these two.
  return options.map(({ name }) => name).filter((it) => names.has(it) && it !== "help" && it !== "version");
}

/** Splits a command line into its options and its other words, in any order; no options behind `--`. Throws `UsageError`. */
export function splitWords(
  argv: readonly string[],
  table: OptionTable,
): { options: GivenOption[]; words: string[] } {
  const options: GivenOption[] = [];
  const words: string[] = [];
  for (let left = argv; left.length > 0;) {
    const taken = takeOptions(left, table);
    options.push(...taken.options);
    const [word, ...behind] = taken.rest;
    if (taken.isOver) return { options, words: [...words, ...taken.rest] };
    if (word !== undefined) words.push(word);
    left = behind;
  }
  return { options, words };
}

/** The options up to the first word that is none; `isOver` if a `--` ended them. */
function takeOptions(
  argv: readonly string[],
  table: OptionTable,
): { options: GivenOption[]; rest: readonly string[]; isOver: boolean } {
  const options: GivenOption[] = [];
  let at = 0;
  for (; at < argv.length; at++) {
    const word = argv[at] ?? "";
    if (word === "--") return { options, rest: argv.slice(at + 1), isOver: true };
    if (!word.startsWith("-") || word === "-") break;
    const [option, inline] = recognize(word, table);
    if (option.value === undefined) {
      if (inline !== undefined) throw new UsageError(`--${option.name} takes no value, but got "${inline}"`);
      options.push({ option });
      continue;
    }
    if (option.isValueOptional === true) {
      if (inline === "") throw new UsageError(`--${option.name} is empty: --${option.name}=${option.value}`);
      options.push({ option, value: inline ?? "" });
      continue;
    }
    const value = inline ?? argv[++at];
    // `--prof-path --quiet` is far more likely a forgotten value than a directory of that name.
    if (value === undefined || (inline === undefined && /^-(?!\.?\d)/.test(value))) {
      throw new UsageError(`--${option.name} needs a value: --${option.name} ${option.value}`);
    }
    if (value === "") throw new UsageError(`--${option.name} is empty: --${option.name} ${option.value}`);
    options.push({ option, value });
  }
  return { options, rest: argv.slice(at), isOver: false };
}

function recognize(
  text: string,
  { program, options, foreign = {} }: OptionTable,
): [OptionInfo, string | undefined] {
  const [, dashes = "", name = "", value] = /^(--?)([^=]*)(?:=(.*))?$/s.exec(text) ?? [];
  const option = options.find((it) => dashes === "--" ? it.name === name : it.short === name);
  if (option !== undefined) return [option, value];
  const word = Object.keys(foreign).find((it) => lettersOf(it) === lettersOf(name));
  if (word !== undefined) throw new UsageError(`Unknown option "${dashes}${name}"; ${foreign[word]}`);
  const near = nearest(name, options.map((it) => it.name));
  const hint = near === undefined ? `${program} --help lists the options` : `did you mean --${near}?`;
  throw new UsageError(`Unknown option "${dashes}${name}"; ${hint}`);
}

/** A word of others' as people remember it. */
function lettersOf(name: string): string {
  return name.toLowerCase().replace(/[-_]/g, "");
}

/** The name that is a slip of the finger away from a word. */
export function nearest(word: string, names: readonly string[]): string | undefined {
  const lower = word.toLowerCase().replaceAll("_", "-");
  if (lower.length < 2) return undefined;
  const ranked = names
    .map((name) => ({ name, slips: name.startsWith(lower) ? 0.5 : distance(lower, name) }))
    .sort((a, b) => a.slips - b.slips);
  const best = ranked[0];
  return best !== undefined && best.slips <= Math.max(1, best.name.length / 3) ? best.name : undefined;
}

/** Levenshtein distance. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, at) => at);
  for (let i = 0; i < a.length; i++) {
    const next = [i + 1];
    for (let j = 0; j < b.length; j++) {
      const exchanged = (row[j] ?? 0) + (a[i] === b[j] ? 0 : 1);
      next.push(Math.min(exchanged, (row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
