/** Words that are profsrv's own where a command could stand. */
import { type Subcommand, SUBCOMMANDS } from "./options.ts";
import type { Request } from "./request.ts";
import { UsageError } from "./split.ts";

/** Whether it is the name of something that profsrv does besides running a command. */
export function isSubcommand(word: string): word is Subcommand {
  return (SUBCOMMANDS as readonly string[]).includes(word);
}

/** Those that have a help of their own. */
const HELPED = ["completion", "convert", "diff", "report", "runs", "view"] as const;

/** `profsrv help [SUBCOMMAND]`. */
export function parseHelp([of, second]: readonly string[]): Request {
  if (of === undefined) return { kind: "help" };
  const known = HELPED.find((it) => it === of);
  if (second === undefined && known !== undefined) return { kind: "help", of: known };
  throw new UsageError(
    `There is no help on "${
      second === undefined ? of : `${of} ${second}`
    }": expected completion, convert, diff, report, runs or view; ` +
      "a command of the name help is run by profsrv -- help",
  );
}

/** `profsrv version`. */
export function parseVersion([word]: readonly string[]): Request {
  if (word === undefined) return { kind: "version" };
  throw new UsageError(
    `profsrv version takes nothing, but got "${word}"; a command of this name is run by profsrv -- version`,
  );
}
