/** The options of each subcommand: the tables that parsing and help are made from. */
import { FORMATS, type OptionTable } from "./options.ts";

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
