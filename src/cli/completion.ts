/** `profsrv completion SHELL`: the script by which a shell completes our options and words, made of the tables of options. Pure. */
import { bashScript } from "./completion_bash.ts";
import { fishScript } from "./completion_fish.ts";
import { powershellScript } from "./completion_powershell.ts";
import { zshScript } from "./completion_zsh.ts";
import { COMPLETION } from "./subcommand_options.ts";
import { splitWords, UsageError } from "./split.ts";

const SCRIPTS = { bash: bashScript, zsh: zshScript, fish: fishScript, powershell: powershellScript } as const;

/** The shells that there is a script for. */
export type Shell = keyof typeof SCRIPTS;

/** The words behind `profsrv completion`; undefined: its help is asked for. Throws `UsageError`. */
export function shellOf(argv: readonly string[]): Shell | undefined {
  const { options, words: [word, second] } = splitWords(argv, COMPLETION);
  if (options.length > 0) return undefined;
  if (word !== undefined && Object.hasOwn(SCRIPTS, word) && second === undefined) return word as Shell;
  const expected =
    "expected bash, zsh, fish or powershell; a command of this name is run by profsrv -- completion";
  if (word === undefined) throw new UsageError(`profsrv completion needs a shell: ${expected}`);
  throw new UsageError(`Cannot complete in "${[word, second ?? []].flat().join(" ")}": ${expected}`);
}

/** The script. */
export function completionText(shell: Shell): string {
  return SCRIPTS[shell]();
}
