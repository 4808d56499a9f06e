/**
 * What the agent in the target tells the wrapper: the only language the two processes share.
 *
 * Messages of one process arrive in order. All instants are microseconds of V8's clock in that process.
 */
import type { Outcome, ProcessInfo, RequestInfo } from "../profile/request.ts";
import type { V8CallFrame, V8HeapProfile, V8Profile } from "../profile/v8.ts";
import type { Bytes, EpochMilliseconds, Microseconds, Milliseconds } from "../units.ts";
import type { Modes } from "./modes.ts";
import type { EncodedRequests } from "./request_rows.ts";

export { AGENT_SCRIPT } from "../profile/frames.ts";
export type { Outcome, ProcessInfo, RequestInfo, V8CallFrame, V8HeapProfile, V8Profile };

/** Version of config and messages together; the wrapper brings its own agent, so both always agree. */
export const PROTOCOL_VERSION = 1;

/** The environment variable that carries `AgentConfig` as JSON into every process of the run. */
export const CONFIG_VARIABLE = "PROFSRV_AGENT";

/**
 * The channel of `node:diagnostics_channel` that has a subscriber where an agent already works. Under Deno a module that brings the agent
 * publishes a function to it, which replaces that module's globals.
 */
export const LOADED_CHANNEL = "profsrv.agent";

/** Set, it makes `deno run` serve what the main module exports, as `deno serve` does; to children of the server it is not passed on. */
export const AUTO_SERVE_VARIABLE = "DENO_AUTO_SERVE";

/** Where `deno serve` listens. */
export interface Serving {
  readonly hostname: string;
  readonly port: number;
}

/**
 * What the agent must know. Invariant: `spool` is the absolute path of a directory whose last part is the token of the run.
 * Where it is missing the run has ended, or cannot be reached: then the agent does nothing.
 */
export interface AgentConfig extends Modes {
  readonly v: typeof PROTOCOL_VERSION;
  readonly spool: string;
  /** Sampling interval. */
  readonly interval: Microseconds;
  /** Only requests that carry this are wanted; the others are reported all the same. */
  readonly trigger?: TriggerConfig;
  /**
   * Words of the command that name files whose options for Node are in NODE_OPTIONS already; absent where the user has set the
   * variable, for then Node reads no options in files, with profsrv or without.
   */
  readonly optionFiles?: readonly string[];
  /** Deno: whether it starts the program anew when a file changes; absent if that is not known. */
  readonly isWatching?: boolean;
  /** Deno: the command is `deno run` in place of `deno serve`. */
  readonly serving?: Serving;
}

/** A header, query parameter or cookie that asks for a profile. */
export interface TriggerConfig {
  readonly name: string;
  /** SHA-256 of the value it must have, in hex; absent if any value will do. The value itself stays with the wrapper. */
  readonly digest?: string;
}

/** First message of a process or thread that serves: sent when its first server listens. */
export interface Hello extends ProcessInfo {
  readonly kind: "hello";
  readonly v: typeof PROTOCOL_VERSION;
  /** The command line, for people. */
  readonly argv: readonly string[];
  /** Profiles are of allocated bytes: there are no windows, and a request's `HeapMessage`s come before its record. */
  readonly isHeap?: true | undefined;
}

/**
 * One profiler rotation: a piece of the always-on profile, and the owner of each of its samples.
 *
 * Invariants: windows of a process follow each other without a gap; `owners` is run-length coded as
 * `[count, seq, count, seq, …]` with `seq` 0 for nobody, and its counts add up to the number of samples.
 */
export interface WindowMessage {
  readonly kind: "window";
  readonly profile: V8Profile;
  readonly owners: readonly number[];
  /**
   * Long stretches, in which the event loop ran one request for 1 ms or more, or, without a rest, work of none that is open:
   * `[seq, startAt, time, …]`, in order and apart, with `seq` 0 for what no request started and `-seq` for what one started that had ended.
   */
  readonly stretches: readonly number[];
  /** No request was in flight: sent for what ran outside of requests. */
  readonly isQuiet: boolean;
}

/** What a request allocated while it had its turn: more than one if another one, which it waits for, had its turn in between. */
export interface HeapMessage {
  readonly kind: "heap";
  readonly seq: number;
  /** Null where it, or a part before it, is lost: then what the request allocated is not known. */
  readonly profile: V8HeapProfile | null;
}

/**
 * Requests that ended. Their last samples are in the window that is sent next, if one is: what comes after that, or a word of
 * trouble or goodbye, has none of theirs.
 */
export interface RequestsMessage extends EncodedRequests {
  readonly kind: "requests";
  /** The wall clock less V8's clock. */
  readonly epochOffset: EpochMilliseconds;
}

/** A source map, version 3, without the texts of its sources. */
export interface SourceMapJson {
  readonly version: 3;
  readonly sources: readonly (string | null)[];
  readonly names: readonly string[];
  readonly mappings: string;
  readonly sourceRoot?: string;
}

/**
 * The map of a script that was transpiled in memory: its text on disk is not what ran. Sent once for each such script,
 * before the first window that names it, or later where only V8 has the map.
 */
export interface SourcesMessage {
  readonly kind: "sources";
  /** As the profile names it. */
  readonly url: string;
  /** Absent: the script runs anew, and its map is not known yet. */
  readonly map?: SourceMapJson;
}

/** Files that the application has loaded by `require`; sent where it runs modules of a bundle that have no file of their own. Each is told once. */
export interface FilesMessage {
  readonly kind: "files";
  readonly paths: readonly string[];
}

/** The functions of a script that were called. */
export interface ScriptCalls {
  readonly url: string;
  /** Of each: its name, the offset in the script's text at which it begins, and how often it was called. */
  readonly functions: readonly (string | number)[];
}

/** How often each function was called during a request's turn. Sent before the request itself; not at all where others have changed V8's counts. */
export interface CallsMessage {
  readonly kind: "calls";
  /** Of the request. */
  readonly seq: number;
  readonly scripts: readonly ScriptCalls[];
  /** So many more functions were called, each less often than those that are told, or of the runtime. */
  readonly leftOut: number;
}

/** Something was given up so that the server would not suffer. Counts since the last such message. */
export interface TroubleMessage {
  readonly kind: "trouble";
  /** One sentence for people, or empty when the counts say it all. */
  readonly text: string;
  /** Windows, or heap profiles, that were not sent because the wrapper did not keep up. */
  readonly droppedWindows: number;
  /** Requests whose records were not sent for the same reason. */
  readonly droppedRequests: number;
  /** Context switches that found the log full: samples after them belong to nobody. */
  readonly droppedSwitches: number;
}

/** How things stand in this process; sent again when that has changed. */
export interface StateMessage {
  readonly kind: "state";
  /**
   * The signals that end it because nobody in it listens for them. The agent catches them to say goodbye, which it cannot
   * while the event loop is kept busy.
   */
  readonly ending: readonly string[];
  /** Where its first server listens, on a port if one does; null before. */
  readonly address: Address | null;
}

/** A port, or the path of a Unix socket (an abstract one begins with a NUL) or Windows pipe. */
export type Address = number | string;

/** What profiling cost the process that told it; times in milliseconds. */
export interface Cost {
  /** The event loop stood still for this long when profiling began, */
  readonly startTime: Milliseconds;
  /** for this long when it ended, */
  readonly stopTime: Milliseconds;
  /** and in between so often, once for each window: */
  readonly turns: number;
  /** for this long in all, */
  readonly turnTime: Milliseconds;
  /** and at most. */
  readonly longestTurn: Milliseconds;
  /** How often it was noticed that the event loop turned to something, */
  readonly notices: number;
  /** and what that took, less what the runtime needs to tell of it. An estimate, from the price of one. */
  readonly noticeTime: Milliseconds;
  /** Written for the wrapper. */
  readonly bytes: Bytes;
}

/** The cost of a process that has not profiled. */
export const NO_COST: Cost = {
  startTime: 0,
  stopTime: 0,
  turns: 0,
  turnTime: 0,
  longestTurn: 0,
  notices: 0,
  noticeTime: 0,
  bytes: 0,
};

/** This process or thread cannot be profiled. Its only message. */
export interface RefusalMessage {
  readonly kind: "refusal";
  /** Half a sentence: which process, and why. */
  readonly text: string;
}

/** Last message, when the process could still send one. */
export interface Bye extends Cost {
  readonly kind: "bye";
  /** The signal that ends the process now. It may not send that to itself: the wrapper is to do it. */
  readonly raise?: string | undefined;
}

export type AgentMessage =
  | Hello
  | WindowMessage
  | HeapMessage
  | RequestsMessage
  | SourcesMessage
  | FilesMessage
  | CallsMessage
  | TroubleMessage
  | RefusalMessage
  | StateMessage
  | Bye;
