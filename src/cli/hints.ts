/** What may have been meant by a command that cannot be run. Pure. */
import { SUBCOMMANDS } from "./options.ts";
import { nearest } from "./split.ts";

/** How each kind of script is started, by the ending of its name. */
const STARTERS: readonly [ending: RegExp, how: (script: string) => string][] = [
  [/\.[cm]?jsx?$/i, (script) => `profsrv node ${script}`],
  [/\.[cm]?tsx?$/i, (script) => `profsrv npx tsx ${script} or profsrv deno run -A ${script}`],
];

/** The sentence about a command that cannot be run, with what was probably meant; `isFile`: its first word is a file. */
export function failedText(command: readonly string[], failure: string, isFile: boolean): string {
  const [word = ""] = command;
  const how = STARTERS.find(([ending]) => ending.test(word))?.[1];
  if (how !== undefined && isFile) return `Cannot run "${word}": it is a script, started by ${how(word)}`;
  if (word === "run" && command.length > 1) {
    return `${failure}; profsrv runs a command without this word, as in profsrv node server.js`;
  }
  const near = nearest(word, SUBCOMMANDS);
  return near === undefined ? failure : `${failure}; did you mean profsrv ${near}?`;
}

/** What a person is told whose options stand behind the command; undefined if none do. */
export function behindText(names: readonly string[]): string | undefined {
  if (names.length === 0) return undefined;
  const [subject, verb] = names.length === 1 ? ["it", "stands"] : ["they", "stand"];
  const list = names.map((it) => `--${it}`).join(", ").replace(/, (?=[^,]*$)/, " and ");
  return `${list} ${verb} behind the command, so ${subject} ${
    names.length === 1 ? "goes" : "go"
  } to the command; profsrv's own options stand before it`;
}
