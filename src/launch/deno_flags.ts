/** Deno's command line, read as far as a profiler has to know it. Pure. */

/** The permissions that the agent needs. */
export const NEEDED = ["env", "read", "sys", "write"] as const;
export type Permission = (typeof NEEDED)[number];

/** What the user's flags say about one permission. */
export interface Granted {
  /** `--allow-read`: all of it. */
  readonly all: boolean;
  /** `--allow-read=a,b`: where in the arguments each such flag stands. */
  readonly scoped: readonly number[];
  /** `--deny-read`: none of it. */
  readonly denied: boolean;
  /** `--deny-read=a,b`. */
  readonly deniedParts: readonly string[];
  /** `--ignore-read`: all that is not permitted by a part of its own looks empty. */
  readonly ignored: boolean;
}

/** A command line of Deno, without `deno` itself. */
export interface DenoCommand {
  /** `run`, `serve`, `task`…; `run` for a bare file, too; empty for none. */
  readonly subcommand: string;
  /** Where flags of the subcommand may be put in. */
  readonly flagsAt: number;
  /** Where the script (the task, the file) stands; -1 if there is none. */
  readonly scriptAt: number;
  readonly allowsAll: boolean;
  /** `-P`: permissions come from the configuration file, and a flag replaces its part of them. */
  readonly hasPermissionSet: boolean;
  /** `--config`, `--no-config`. */
  readonly namesConfig: boolean;
  /** `--watch`: starts the program anew when a file changes. */
  readonly isWatching: boolean;
  /** Where Deno's own flags stand. */
  readonly flags: readonly number[];
  readonly permissions: Readonly<Record<Permission | "net", Granted>>;
}

/** Flags whose value is the next word; `test/launch/deno_flags_test.ts` compares them with what Deno's help says. */
const WITH_VALUE = new Set(
  ("--cert --conditions --config --cpu-prof-dir --cpu-prof-interval --cpu-prof-name --cwd --ext --filter --host --import " +
    "--import-map --inspect-publish-uid --jobs --location --log-level --min-dep-age --minimum-dependency-age " +
    "--node-modules-linker --port --preload --require --seed").split(" "),
);
/** The same as a letter, the last of several that stand together: what follows in the same word would be its value. */
const LETTER_WITH_VALUE = /^-[^=cfjL-]*[cfjL]$/;
/** The next word is its value, unless that is a flag. */
const WITH_OPTIONAL_VALUE = "--lock";

/** Whether the word behind this flag is the flag's value. */
export function takesNext(flag: string, next: string | undefined): boolean {
  if (next === undefined) return false;
  if (flag === WITH_OPTIONAL_VALUE) return !next.startsWith("-");
  return WITH_VALUE.has(flag) || LETTER_WITH_VALUE.test(flag);
}

/** Subcommands; any other first word is a file to run. */
const SUBCOMMANDS = new Set(
  ("add approve-scripts audit bench bump-version bundle cache check ci clean compile completions coverage create deploy " +
    "doc eval fmt help i info init install jsr jupyter lint list lsp outdated pack publish remove repl run sandbox serve " +
    "task test types uninstall update upgrade vendor why x").split(" "),
);

const LONG = /^--(allow|deny|ignore)-(env|net|read|sys|write)(?:=(.*))?$/s;
const LETTERS: Readonly<Record<string, Permission | "net">> = {
  E: "env",
  N: "net",
  R: "read",
  S: "sys",
  W: "write",
};

/** Reads a command line. */
export function readDenoCommand(args: readonly string[]): DenoCommand {
  const { words, flags } = split(args);
  const [first = -1, second = -1] = words;
  const named = first >= 0 && SUBCOMMANDS.has(args[first]!);
  const nothing = () => ({
    all: false,
    scoped: [] as number[],
    denied: false,
    deniedParts: [] as string[],
    ignored: false,
  });
  const granted = { env: nothing(), net: nothing(), read: nothing(), sys: nothing(), write: nothing() };
  let allowsAll = false;
  let hasPermissionSet = false;
  let namesConfig = false;
  for (const at of flags) {
    const flag = args[at]!;
    const [, verb, name, value] = LONG.exec(flag) ?? [];
    if (name !== undefined) {
      const entry = granted[name as keyof typeof granted];
      if (verb === "allow") value === undefined ? entry.all = true : entry.scoped.push(at);
      else if (value !== undefined) entry.deniedParts.push(...value.split(","));
      else verb === "deny" ? entry.denied = true : entry.ignored = true;
    } else if (flag === "--allow-all") allowsAll = true;
    else if (/^--permission-set(=|$)/.test(flag)) hasPermissionSet = true;
    else if (/^(--config(=|$)|--no-config$)/.test(flag)) namesConfig = true;
    else if (/^-[^-]/.test(flag)) {
      const letters = flag.slice(1).replace(/=.*$/s, "").replace(/(?<=[cfjL]).*$/s, "");
      if (letters.endsWith("c")) namesConfig = true;
      if (letters.includes("A")) allowsAll = true;
      if (letters.includes("P")) hasPermissionSet = true;
      for (const letter of letters) {
        const permission = LETTERS[letter];
        if (permission === undefined) continue;
        // Of several letters none is scoped, whatever stands behind `=`.
        if (letters.length === 1 && flag.includes("=")) granted[permission].scoped.push(at);
        else granted[permission].all = true;
      }
    }
  }
  return {
    subcommand: named ? args[first]! : first >= 0 ? "run" : "",
    flagsAt: named ? first + 1 : 0,
    scriptAt: named ? second : first,
    allowsAll,
    hasPermissionSet,
    namesConfig,
    isWatching: flags.some((at) => /^--watch(-hmr)?(=|$)/.test(args[at]!)),
    flags,
    permissions: granted,
  };
}

/** Where the words and the flags of Deno's own stand; all that follows the script is the script's. */
function split(args: readonly string[]): { words: number[]; flags: number[] } {
  const words: number[] = [];
  const flags: number[] = [];
  for (let at = 0; at < args.length; at++) {
    const arg = args[at]!;
    if (arg === "--") {
      if (at + 1 < args.length) words.push(at + 1);
      break;
    }
    if (!arg.startsWith("-") || arg === "-") {
      words.push(at);
      if (words.length === 2 || !SUBCOMMANDS.has(arg)) break;
    } else {
      flags.push(at);
      if (takesNext(arg, args[at + 1])) at++;
    }
  }
  return { words, flags };
}
