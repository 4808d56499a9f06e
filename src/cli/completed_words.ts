/** What a shell may complete at which place: the tables of options, and what the words beside them are. Pure. */
import { type OptionInfo, OPTIONS, type Subcommand } from "./options.ts";
import { CONVERT, DIFF, REPORT, RUNS, VIEW } from "./subcommand_options.ts";

/** What a word or a value is: names of files, or one of a few words. */
export type Completed = "file" | "directory" | readonly string[];

/** A subcommand as a shell completes it. */
export interface CompletedSubcommand {
  readonly name: Subcommand;
  readonly about: string;
  readonly options: readonly OptionInfo[];
  /** Its words that are no options; undefined: it takes none. */
  readonly words?: Completed;
}

const HELP: readonly OptionInfo[] = [{ name: "help", short: "h", about: "print this text and end" }];

/** The names of the shells; `completion.ts` has their scripts. */
const SHELLS = ["bash", "zsh", "fish", "powershell"];

export const COMPLETED: readonly CompletedSubcommand[] = [
  { name: "view", about: "look at a run in the browser", options: VIEW.options, words: "directory" },
  { name: "report", about: "print what a run came to", options: REPORT.options, words: "directory" },
  { name: "diff", about: "compare two runs", options: DIFF.options, words: "directory" },
  { name: "convert", about: "write profiles in other formats", options: CONVERT.options, words: "file" },
  { name: "runs", about: "list your runs in the temp directory", options: RUNS.options },
  { name: "completion", about: "print a script for a shell", options: HELP, words: SHELLS },
  {
    name: "help",
    about: "print a help text",
    options: [],
    words: ["view", "report", "diff", "convert", "runs", "completion"],
  },
  { name: "version", about: "print profsrv's version", options: [] },
];

/** What begins a command line: the options of a run. */
export const RUN_OPTIONS: readonly OptionInfo[] = OPTIONS;

/** How an option is given: `--port`, `-h`. */
export function flagsOf({ name, short }: OptionInfo): readonly string[] {
  return short === undefined ? [`--${name}`] : [`--${name}`, `-${short}`];
}

/** The flags of all options that take the next word as their value. */
export function flagsWithValue(options: readonly OptionInfo[]): readonly string[] {
  return options.filter((it) => it.value !== undefined && it.isValueOptional === undefined).flatMap(flagsOf);
}

/** What the value of an option is; undefined where a shell cannot know. */
export function valueOf({ value, choices }: OptionInfo): Completed | undefined {
  return choices ?? (value === "DIR" ? "directory" : value === "FILE" ? "file" : undefined);
}
