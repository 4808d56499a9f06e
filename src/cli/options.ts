/** The options of a run: the one table that parsing and help are made from. */
import { formats } from "../formats/mod.ts";
import { PROFILERS } from "../protocol/modes.ts";
import { MODEL_WORDS } from "./model_words.ts";

/** One option as the user writes it. */
export interface OptionInfo {
  /** Without the leading `--`. */
  readonly name: string;
  readonly short?: string;
  /** What stands for its value in the help; absent for a switch. */
  readonly value?: string;
  /** The value stands behind a `=` or is left out. */
  readonly isValueOptional?: true;
  /** The value is one of these, or a list by comma. */
  readonly choices?: readonly string[];
  readonly about: string;
  readonly standard?: string;
}

/** All options of a command line. */
export interface OptionTable {
  /** What stands before them. */
  readonly program: string;
  readonly options: readonly OptionInfo[];
  /** Options of other programs, and what does here what they do there. */
  readonly foreign?: Readonly<Record<string, string>>;
}

export const FORMATS = formats.map(({ id }) => id);

/** Profile files a run writes at most, and their size. */
export const LIMITS = { files: 10_000, size: "1GiB" } as const;

/** File name of a profile where the user names none. */
export const STANDARD_TEMPLATE = "{path}.{duration:06d}ms.{time}";

/** The same with `--kcachegrind`: given a directory, KCachegrind opens the files in it whose names begin so. */
export const KCACHEGRIND_TEMPLATE = `callgrind.out.${STANDARD_TEMPLATE}`;

/** What profsrv does besides running a command. */
export const SUBCOMMANDS = [
  "view",
  "report",
  "diff",
  "convert",
  "runs",
  "completion",
  "help",
  "version",
] as const;
export type Subcommand = typeof SUBCOMMANDS[number];

/** Sampling interval in microseconds: the standard one, and what V8 can keep up with and still makes sense. */
export const INTERVAL = { standard: 1000, least: 50, most: 1_000_000 } as const;

/** Bytes between two heap samples: the standard, and what makes sense. */
export const HEAP_INTERVAL = { standard: 32_768, least: 64, most: 2 ** 30 } as const;

export const OPTIONS: readonly OptionInfo[] = [
  {
    name: "prof-path",
    value: "DIR",
    about: "directory for the profiles, made if missing",
    standard: "a new private one in the system's temporary directory",
  },
  {
    name: "prof-file",
    value: "TEMPLATE",
    about: "name of a profile in Python's format-string language",
    standard: STANDARD_TEMPLATE,
  },
  {
    name: "format",
    value: "LIST",
    about: `${FORMATS.join(", ")}; several by comma`,
    choices: FORMATS,
    standard: FORMATS[0]!,
  },
  {
    name: "kcachegrind",
    about: "--format callgrind, with names that kcachegrind DIR/ opens all at once",
  },
  {
    name: "interval",
    value: "US",
    about: `microseconds between two samples, ${INTERVAL.least} to ${INTERVAL.most}; or 1ms`,
    standard: String(INTERVAL.standard),
  },
  {
    name: "serial",
    about: "let the server handle one request at a time; how long others waited is shown as queued",
  },
  {
    name: "profiler",
    value: PROFILERS.join("|"),
    about: "what is measured: CPU time, or allocated bytes (one request at a time)",
    choices: PROFILERS,
    standard: PROFILERS[0],
  },
  {
    name: "calls",
    about: "count each function's calls, exactly, beside the sampled times (one request at a time)",
  },
  {
    name: "heap-interval",
    value: "BYTES",
    about: "with --profiler heap: bytes between two samples, as in 16384 or 16KiB",
    standard: String(HEAP_INTERVAL.standard),
  },
  {
    name: "only",
    value: "PATTERN",
    about: 'keep requests to these paths or routes, as in "/api/**" or "GET /user/:id"; repeatable',
  },
  {
    name: "skip",
    value: "PATTERN",
    about: 'leave requests to these paths or routes out, as in "/health" or "*.png"; repeatable',
  },
  { name: "nomedia", about: "leave static files out: images, fonts, styles, scripts" },
  {
    name: "min-duration",
    value: "MS",
    about: "write a profile only for requests that took at least this long; or 250us, 2s",
    standard: "0",
  },
  { name: "errors", about: "always keep requests that ended in 5xx or broke off, however short or rare" },
  {
    name: "sample",
    value: "RATE",
    about: "write one in N (1/20) or a share (0.05, 5%) of what is left",
    standard: "1",
  },
  {
    name: "trigger",
    value: "NAME[=SECRET]",
    about: "write only requests that carry this header, query parameter or cookie",
  },
  {
    name: "max-files",
    value: "N",
    about: "keep at most so many files: then each route keeps its slowest",
    standard: String(LIMITS.files),
  },
  {
    name: "max-size",
    value: "SIZE",
    about: "keep files of at most this size, as in 500MB or 2GiB",
    standard: LIMITS.size,
  },
  {
    name: "redact",
    value: "NAMES",
    about: "write the values of query parameters so named as ***: names by comma, all, none",
    standard: "names that mean a secret, such as token, password, session",
  },
  {
    name: "on-listen",
    value: "CMD",
    about: "when the server listens, run CMD with $PORT or $SOCKET set, then stop the server",
  },
  {
    name: "ui",
    value: "PORT",
    isValueOptional: true,
    about: "show the run in the browser while it goes on, at this port or any free one",
  },
  { name: "quiet", about: "print errors only: no line per request, no summary" },
  { name: "help", short: "h", about: "print this text and end" },
  { name: "version", short: "v", about: "print profsrv's version and end" },
];

export const RUN: OptionTable = { program: "profsrv", options: OPTIONS, foreign: MODEL_WORDS };
