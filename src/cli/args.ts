/** The command line: split, then cac, then typed options. */
import { cac } from "cac";
import type { RequestFilter } from "../collector/request_filter.ts";
import { type Format, formats } from "../formats/mod.ts";
import { type Redaction, STANDARD_REDACTION, type Template } from "../naming/mod.ts";
import type { TriggerConfig } from "../protocol/messages.ts";
import type { Bytes, Microseconds, Milliseconds } from "../units.ts";
import {
  CONVERT,
  INTERVAL,
  LIMITS,
  type OptionTable,
  REPORT,
  RUN,
  RUNS,
  STANDARD_TEMPLATE,
} from "./options.ts";
import { type GivenOption, splitArguments, splitWords, UsageError } from "./split.ts";
import {
  ageOf,
  countOf,
  directoryOf,
  durationOf,
  formatsOf,
  intervalOf,
  patternOf,
  redactionOf,
  shareOf,
  sizeOf,
  templateOf,
  triggerOf,
} from "./values.ts";

type Values = Readonly<Record<string, unknown>>;

/** What to run, and how. */
export interface RunOptions {
  /** Invariant: at least one word. */
  readonly command: readonly string[];
  /** Directory for the profiles; absent: a new private one. */
  readonly profPath?: string;
  readonly template: Template;
  /** Invariant: at least one. */
  readonly formats: readonly Format[];
  readonly interval: Microseconds;
  readonly filter: RequestFilter;
  readonly trigger?: TriggerConfig;
  readonly maxFiles: number;
  readonly maxSize: Bytes;
  /** Takes the secrets out of what is written. */
  readonly redaction: Redaction;
  /** A command line for the shell. */
  readonly onListen?: string;
  readonly quiet: boolean;
  /** The command as it is written, without secrets. */
  readonly shownCommand: readonly string[];
  /** The options as words that mean the same, but for secrets: what a recovered run needs of them is whole. */
  readonly given: readonly string[];
}

/** What to convert, and to what. */
export interface ConvertOptions {
  /** A file or a directory. */
  readonly path: string;
  /** Invariant: at least one. */
  readonly formats: readonly Format[];
  /** Directory for the files; absent: beside what is read. */
  readonly out?: string;
  readonly quiet: boolean;
}

/** What to report on. */
export interface ReportOptions {
  /** A run's directory; absent: that of the newest run. */
  readonly path?: string;
}

/** Which runs to list or remove. */
export interface RunsOptions {
  /** Remove those in which nothing has happened for so long; absent: only list. */
  readonly remove?: Milliseconds;
}

/** What the user asked for. */
export type Request =
  | { readonly kind: "help"; readonly of?: "convert" | "report" | "runs" }
  | { readonly kind: "version" }
  | { readonly kind: "convert" } & ConvertOptions
  | { readonly kind: "report" } & ReportOptions
  | { readonly kind: "runs" } & RunsOptions
  | { readonly kind: "run" } & RunOptions;

/** Reads a command line without the program's name. Throws `UsageError` with one sentence. */
export function parseArguments(argv: readonly string[]): Request {
  if (argv[0] === "convert") return parseConvert(argv.slice(1));
  if (argv[0] === "report") return parseReport(argv.slice(1));
  if (argv[0] === "runs") return parseRuns(argv.slice(1));
  const { options, command } = splitArguments(argv, RUN);
  const values = parseOptions(options, RUN);
  if (values["help"] === true) return { kind: "help" };
  if (values["version"] === true) return { kind: "version" };
  const run = runOptions(values);
  if (command[0] === undefined) {
    throw new UsageError("Nothing to run: expected a command, as in profsrv node server.js");
  }
  const { redaction } = run;
  const given = options.map((it) => withoutSecret(it, redaction));
  return { kind: "run", command, ...run, shownCommand: redaction.command(command), given };
}

function parseReport(argv: readonly string[]): Request {
  const { options, words } = splitWords(argv, REPORT);
  if (parseOptions(options, REPORT)["help"] === true) return { kind: "help", of: "report" };
  const [path, second] = words;
  if (second !== undefined) {
    throw new UsageError(`Cannot report on "${path}" and "${second}" at once: expected one directory`);
  }
  return { kind: "report", ...(path === undefined ? {} : { path }) };
}

function parseRuns(argv: readonly string[]): Request {
  const { options, words: [word] } = splitWords(argv, RUNS);
  const values = parseOptions(options, RUNS);
  if (values["help"] === true) return { kind: "help", of: "runs" };
  if (word !== undefined) {
    throw new UsageError(
      `Cannot list "${word}": profsrv runs takes no directory; a command is run by profsrv -- runs`,
    );
  }
  const age = last(values["remove"]);
  return { kind: "runs", ...(age === undefined ? {} : { remove: ageOf(age) }) };
}

function parseConvert(argv: readonly string[]): Request {
  const { options, words } = splitWords(argv, CONVERT);
  const values = parseOptions(options, CONVERT);
  if (values["help"] === true) return { kind: "help", of: "convert" };
  const [path, second] = words;
  if (path === undefined || path === "") {
    throw new UsageError(
      "Nothing to convert: expected a file or a directory, as in profsrv convert profiles",
    );
  }
  if (second !== undefined) {
    throw new UsageError(`Cannot convert "${path}" and "${second}" at once: expected one file or directory`);
  }
  const format = last(values["format"]);
  const out = last(values["out"]);
  if (format === undefined) {
    throw new UsageError(
      `Nothing to convert to: expected --format and ${formats.map((it) => it.id).join(", ")}`,
    );
  }
  return {
    kind: "convert",
    path,
    formats: formatsOf(format),
    quiet: isGiven(values["quiet"]),
    ...(out === undefined ? {} : { out: directoryOf("out", out) }),
  };
}

function runOptions(values: Values): Omit<RunOptions, "command" | "shownCommand" | "given"> {
  const profPath = last(values["profPath"]);
  const format = last(values["format"]);
  if (format !== undefined && isGiven(values["kcachegrind"]) && !format.split(",").includes("callgrind")) {
    throw new UsageError(`--kcachegrind means --format callgrind, but --format "${format}" was given too`);
  }
  const trigger = last(values["trigger"]);
  const redact = last(values["redact"]);
  const onListen = last(values["onListen"]);
  return {
    template: templateOf(last(values["profFile"]) ?? STANDARD_TEMPLATE),
    formats: formatsOf(format ?? (isGiven(values["kcachegrind"]) ? "callgrind" : formats[0]!.id)),
    interval: intervalOf(last(values["interval"]) ?? String(INTERVAL.standard)),
    filter: {
      only: all(values["only"]).map((it) => patternOf("only", it)),
      skip: all(values["skip"]).map((it) => patternOf("skip", it)),
      nomedia: isGiven(values["nomedia"]),
      minDuration: durationOf(last(values["minDuration"]) ?? "0"),
      errors: isGiven(values["errors"]),
      sample: shareOf(last(values["sample"]) ?? "1"),
      triggered: trigger !== undefined,
    },
    maxFiles: countOf(last(values["maxFiles"]) ?? String(LIMITS.files)),
    maxSize: sizeOf(last(values["maxSize"]) ?? LIMITS.size),
    redaction: redact === undefined ? STANDARD_REDACTION : redactionOf(redact),
    quiet: isGiven(values["quiet"]),
    ...(profPath === undefined ? {} : { profPath: directoryOf("prof-path", profPath) }),
    ...(trigger === undefined ? {} : { trigger: triggerOf(trigger) }),
    ...(onListen === undefined ? {} : { onListen }),
  };
}

/** cac's own reading of the options; texts as they were written, in lists. */
function parseOptions(given: readonly GivenOption[], { program, options }: OptionTable): Values {
  const cli = cac(program);
  for (const { name, short, value, about } of options) {
    const flags = `${short === undefined ? "" : `-${short}, `}--${name}`;
    // cac makes numbers of values that look like some; an `=` in front keeps them texts ("007", "1e3"). `last` takes
    // it off: cac may apply a `type` function more than once.
    if (value === undefined) cli.option(flags, about);
    else cli.option(`${flags} <${value}>`, about, { type: [String] });
  }
  const words = given.map(({ option, value }) =>
    `--${option.name}` + (value === undefined ? "" : `==${value}`)
  );
  return cli.parse(["", "", ...words], { run: false }).options;
}

function withoutSecret({ option: { name }, value }: GivenOption, redaction: Redaction): string {
  if (value === undefined) return `--${name}`;
  if (name === "trigger") return `--${name}=${value.replace(/=.*$/s, "")}`;
  return `--${name}=${name === "on-listen" ? redaction.text(value) : value}`;
}

/** A switch may be given twice. */
function isGiven(value: unknown): boolean {
  return value !== undefined && value !== false;
}

/** The values of an option, in the order they were given. */
function all(values: unknown): string[] {
  return Array.isArray(values) ? values.map((it) => String(it).slice("=".length)) : [];
}

/** Who says something twice means the last. */
function last(values: unknown): string | undefined {
  return all(values).at(-1);
}
