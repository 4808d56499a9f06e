/** Words that are profsrv's own where a command could stand. */
import { type Subcommand, SUBCOMMANDS, WORDS_TO_COME } from "./options.ts";
import type { Request } from "./request.ts";
import { UsageError } from "./split.ts";

/** Whether it is the name of something that profsrv does besides running a command. */
export function isSubcommand(word: string): word is Subcommand {
  return (SUBCOMMANDS as readonly string[]).includes(word);
}

/** A word that a later profsrv gives a meaning starts no command of that name today. */
export function refuseToCome(word: string): void {
  if (!WORDS_TO_COME.includes(word)) return;
  throw new UsageError(
    `"${word}" is kept for a subcommand to come; a command of this name is run by profsrv -- ${word}`,
  );
}

/** `profsrv help [SUBCOMMAND]`. */
export function parseHelp([of, second]: readonly string[]): Request {
  if (of === undefined) return { kind: "help" };
  if (second === undefined && (of === "convert" || of === "diff" || of === "report" || of === "runs")) {
    return { kind: "help", of };
  }
  throw new UsageError(
    `There is no help on "${
      second === undefined ? of : `${of} ${second}`
    }": expected convert, diff, report or runs; ` +
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
