/** The command line: split, then cac, then typed options. */
import { cac } from "cac";
import { STANDARD_REDACTION } from "../naming/mod.ts";
import { PROFILERS } from "../protocol/modes.ts";
import { type Measurement, measurementOf, refuseSenseless } from "./combinations.ts";
import { shellOf } from "./completion.ts";
import { convertOptionsOf } from "./convert_options.ts";
import { diffOptionsOf } from "./diff_options.ts";
import {
  HEAP_INTERVAL,
  INTERVAL,
  KCACHEGRIND_TEMPLATE,
  LIMITS,
  type OptionTable,
  RUN,
  STANDARD_TEMPLATE,
} from "./options.ts";
import type { Request, RunOptions } from "./request.ts";
import { shownOption } from "./shown_option.ts";
import { type GivenOption, optionsIn, splitArguments, splitWords, UsageError } from "./split.ts";
import { CONVERT, DIFF, REPORT, RUNS, VIEW } from "./subcommand_options.ts";
import {
  ageOf,
  countOf,
  directoryOf,
  durationOf,
  formatsOf,
  heapIntervalOf,
  intervalOf,
  pathOf,
  patternOf,
  portOf,
  profilerOf,
  redactionOf,
  shareOf,
  sizeOf,
  templateOf,
  triggerOf,
} from "./values.ts";
import { viewOptionsOf } from "./view_options.ts";
import { isSubcommand, parseHelp, parseVersion } from "./words.ts";

export type { ConvertOptions, ReportOptions, Request, RunOptions, RunsOptions } from "./request.ts";

type Values = Readonly<Record<string, unknown>>;

/**
 * Reads a command line without the program's name; `standing` is the text of `PROFSRV_OPTIONS`, options that stand before
 * those of a run. Throws `UsageError` with one sentence.
 */
export function parseArguments(argv: readonly string[], standing = ""): Request {
  const [word = "", ...behind] = argv;
  if (word === "convert") return parseConvert(behind);
  if (word === "report") return parseReport(behind);
  if (word === "diff") return parseDiff(behind);
  if (word === "runs") return parseRuns(behind);
  if (word === "view") return parseView(behind);
  if (word === "completion") {
    const shell = shellOf(behind);
    return shell === undefined ? { kind: "help", of: "completion" } : { kind: "completion", shell };
  }
  if (word === "help") return parseHelp(behind);
  if (word === "version") return parseVersion(behind);
  return parseRun(argv, standing);
}

function parseRun(argv: readonly string[], standing: string): Request {
  const { options: own, command, isOver } = splitArguments(argv, RUN);
  const before = standingOptions(standing);
  const measurement = measurementOf([...before, ...own]);
  // What always stands there must not keep a run from being asked for something else.
  const options = [
    ...before.filter(({ option }) => !Object.hasOwn(measurement.refused, option.name)),
    ...own,
  ];
  const values = parseOptions(options, RUN);
  if (values["help"] === true) return { kind: "help" };
  if (values["version"] === true) {
    if (command[0] === undefined) return { kind: "version" };
    throw new UsageError(`profsrv --version takes nothing, but got "${command[0]}"`);
  }
  const run = runOptions(values, measurement);
  refuseSenseless(options, command);
  const [word] = command;
  if (word === undefined) {
    throw new UsageError("Nothing to run: expected a command, as in profsrv node server.js");
  }
  if (!isOver && isSubcommand(word)) {
    throw new UsageError(
      `"${word}" stands before its options: profsrv ${word}; a command of this name is run by profsrv -- ${word}`,
    );
  }
  const { redaction } = run;
  const given = options.map((it) => shownOption(it, redaction));
  return { kind: "run", command, ...run, shownCommand: redaction.command(command), given };
}

/** The options in `PROFSRV_OPTIONS`, each of them sound. */
function standingOptions(text: string): readonly GivenOption[] {
  try {
    const options = optionsIn(text, RUN);
    runOptions(parseOptions(options, RUN), measurementOf(options));
    return options;
  } catch (error) {
    if (error instanceof UsageError) throw new UsageError(`PROFSRV_OPTIONS: ${error.message}`);
    throw error;
  }
}

function parseReport(argv: readonly string[]): Request {
  const { options, words } = splitWords(argv, REPORT);
  const values = parseOptions(options, REPORT);
  if (values["help"] === true) return { kind: "help", of: "report" };
  const [path, second] = words;
  if (second !== undefined) {
    throw new UsageError(`Cannot report on "${path}" and "${second}" at once: expected one directory`);
  }
  if (path === "") throw new UsageError('Cannot report on "": expected a directory');
  const [route, request] = [last(values["route"]), last(values["request"])];
  const [json, md] = [isGiven(values["json"]), isGiven(values["md"])];
  if (json && md) throw new UsageError("Cannot print --json and --md at once: expected one of them");
  if (route !== undefined && request !== undefined) {
    throw new UsageError("Cannot report on --route and --request at once: expected one of them");
  }
  return {
    kind: "report",
    as: json ? "json" : md ? "md" : "text",
    top: countOf(last(values["top"]) ?? "10", "top"),
    all: isGiven(values["all"]),
    ...(path === undefined ? {} : { path }),
    ...(route === undefined ? {} : { route }),
    ...(request === undefined ? {} : { request }),
  };
}

function parseDiff(argv: readonly string[]): Request {
  const { options, words } = splitWords(argv, DIFF);
  const values = parseOptions(options, DIFF);
  if (values["help"] === true) return { kind: "help", of: "diff" };
  const [json, md] = [isGiven(values["json"]), isGiven(values["md"])];
  return { kind: "diff", ...diffOptionsOf(words, { json, md, failOver: last(values["failOver"]) }) };
}

function parseView(argv: readonly string[]): Request {
  const { options, words } = splitWords(argv, VIEW);
  const values = parseOptions(options, VIEW);
  if (values["help"] === true) return { kind: "help", of: "view" };
  const [port, html, top] = [last(values["port"]), last(values["html"]), last(values["top"])];
  return { kind: "view", ...viewOptionsOf(words, { port, html, top, open: values["open"] !== false }) };
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
  const { format, out, merge, quiet } = values;
  const given = { format: last(format), out: last(out), merge: isGiven(merge), quiet: isGiven(quiet) };
  return { kind: "convert", ...convertOptionsOf(words, given) };
}

function runOptions(
  values: Values,
  { formats, isSerial }: Measurement,
): Omit<RunOptions, "command" | "shownCommand" | "given"> {
  const profPath = last(values["profPath"]);
  const format = last(values["format"]);
  const isKcachegrind = isGiven(values["kcachegrind"]);
  if (format !== undefined && isKcachegrind && !format.split(",").includes("callgrind")) {
    throw new UsageError(`--kcachegrind means --format callgrind, but --format "${format}" was given too`);
  }
  const profiler = profilerOf(last(values["profiler"]) ?? PROFILERS[0]);
  const heapInterval = heapIntervalOf(last(values["heapInterval"]) ?? String(HEAP_INTERVAL.standard));
  const trigger = last(values["trigger"]);
  const redact = last(values["redact"]);
  const onListen = last(values["onListen"]);
  const ui = last(values["ui"]);
  return {
    template: templateOf(
      last(values["profFile"]) ?? (isKcachegrind ? KCACHEGRIND_TEMPLATE : STANDARD_TEMPLATE),
    ),
    formats: formatsOf(format ?? (isKcachegrind ? "callgrind" : formats[0]!)),
    interval: intervalOf(last(values["interval"]) ?? String(INTERVAL.standard)),
    serial: isSerial || isGiven(values["serial"]),
    profiler,
    calls: isGiven(values["calls"]),
    ...(profiler === "heap" ? { heapInterval } : {}),
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
    ...(profPath === undefined ? {} : { profPath: directoryOf("prof-path", pathOf("prof-path", profPath)) }),
    ...(trigger === undefined ? {} : { trigger: triggerOf(trigger) }),
    ...(onListen === undefined ? {} : { onListen }),
    ...(ui === undefined ? {} : { ui: portOf("ui", ui || "0") }),
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
