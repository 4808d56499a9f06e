/** The options of a run: the one table that parsing and help are made from. */
import { formats } from "../formats/mod.ts";

/** One option as the user writes it. */
export interface OptionInfo {
  /** Without the leading `--`. */
  readonly name: string;
  readonly short?: string;
  /** What stands for its value in the help; absent for a switch. */
  readonly value?: string;
  /** The value stands behind a `=` or is left out. */
  readonly isValueOptional?: true;
  /** The value is a list of these, by comma. */
  readonly choices?: readonly string[];
  readonly about: string;
  readonly standard?: string;
}

/** All options of a command line. */
export interface OptionTable {
  /** What stands before them. */
  readonly program: string;
  readonly options: readonly OptionInfo[];
}

const FORMATS = formats.map(({ id }) => id);

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

export const RUN: OptionTable = { program: "profsrv", options: OPTIONS };

/** The options of `profsrv convert`. */
export const CONVERT: OptionTable = {
  program: "profsrv convert",
  options: [
    {
      name: "format",
      value: "LIST",
      about: `what to write: ${FORMATS.join(", ")}; several by comma`,
      choices: FORMATS,
    },
    {
      name: "out",
      value: "DIR",
      about: "directory for what is written, made if missing",
      standard: "beside each file that is read",
    },
    { name: "merge", about: "of a run: one profile for each route, of all its requests, kept or not" },
    { name: "quiet", about: "print errors only" },
    { name: "help", short: "h", about: "print this text and end" },
  ],
};

/** The options of `profsrv view`. */
export const VIEW: OptionTable = {
  program: "profsrv view",
  options: [
    {
      name: "port",
      value: "N",
      about: "serve at this port, from this machine only",
      standard: "any free one",
    },
    { name: "no-open", about: "open no browser" },
    {
      name: "html",
      value: "FILE",
      about:
        "write one file that any browser opens without profsrv; replaces one that an earlier profsrv wrote",
    },
    { name: "top", value: "N", about: "with --html: profiles of the N slowest requests", standard: "50" },
    { name: "help", short: "h", about: "print this text and end" },
  ],
};

/** The options of `profsrv report`. */
export const REPORT: OptionTable = {
  program: "profsrv report",
  options: [
    { name: "json", about: "print it as JSON, see docs/report.md" },
    { name: "md", about: "print it as Markdown, for people and for LLM agents" },
    {
      name: "route",
      value: "ROUTE",
      about: 'only this route, as the summary names it, with the functions of its profiles: "POST /login"',
    },
    {
      name: "request",
      value: "ID",
      about: "only the request with this id, with the functions of its profile",
    },
    { name: "top", value: "N", about: "so many rows of each list", standard: "10" },
    {
      name: "all",
      about: "libraries and the runtime as they are, not folded into the functions that call them",
    },
    { name: "help", short: "h", about: "print this text and end" },
  ],
};

/** The options of `profsrv diff`. */
export const DIFF: OptionTable = {
  program: "profsrv diff",
  options: [
    { name: "json", about: "print one JSON object, as docs/diff.md describes it" },
    { name: "md", about: "print Markdown" },
    {
      name: "fail-over",
      value: "PERCENT",
      about: "code 1 if own cpu or duration of a route is for certain slower by more, as in 10%",
    },
    { name: "help", short: "h", about: "print this text and end" },
  ],
};

/** The options of `profsrv runs`. */
export const RUNS: OptionTable = {
  program: "profsrv runs",
  options: [
    {
      name: "remove",
      value: "AGE",
      about: "remove those in which nothing has happened for so long, as in 7d, 12h, 30m or 0",
    },
    { name: "help", short: "h", about: "print this text and end" },
  ],
};

/** The options of `profsrv completion`. */
export const COMPLETION: OptionTable = {
  program: "profsrv completion",
  options: [{ name: "help", short: "h", about: "print this text and end" }],
};
