/** What a command line asks for, typed. */
import type { RequestFilter } from "../collector/request_filter.ts";
import type { Format } from "../formats/mod.ts";
import type { Redaction, Template } from "../naming/mod.ts";
import type { TriggerConfig } from "../protocol/messages.ts";
import type { Modes } from "../protocol/modes.ts";
import type { Bytes, Microseconds, Milliseconds } from "../units.ts";
import type { Shell } from "./completion.ts";
import type { DiffOptions } from "./diff_options.ts";
import type { ViewOptions } from "./view_options.ts";

/** What to run, and how. */
export interface RunOptions extends Modes {
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
  /** Show the run in the browser, served at this port; 0: any free one. */
  readonly ui?: number;
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
  /** One profile of each route of a run, not of each request. */
  readonly isMerged: boolean;
  readonly quiet: boolean;
}

/** What to report on. */
export interface ReportOptions {
  /** A run's directory; absent: that of the newest run. */
  readonly path?: string;
  readonly as: "text" | "json" | "md";
  /** Only this route, as the summary names it. */
  readonly route?: string;
  /** Only the request with this id. */
  readonly request?: string;
  /** Rows of each list. */
  readonly top: number;
  /** Libraries and the runtime as they are, not folded into the application's functions. */
  readonly all: boolean;
}

/** Which runs to list or remove. */
export interface RunsOptions {
  /** Remove those in which nothing has happened for so long; absent: only list. */
  readonly remove?: Milliseconds;
}

/** What the user asked for. */
export type Request =
  | { readonly kind: "help"; readonly of?: "completion" | "convert" | "diff" | "report" | "runs" | "view" }
  | { readonly kind: "completion"; readonly shell: Shell }
  | { readonly kind: "version" }
  | { readonly kind: "convert" } & ConvertOptions
  | { readonly kind: "report" } & ReportOptions
  | { readonly kind: "diff" } & DiffOptions
  | { readonly kind: "runs" } & RunsOptions
  | { readonly kind: "view" } & ViewOptions
  | { readonly kind: "run" } & RunOptions;
