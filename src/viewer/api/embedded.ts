/** What an `--html` file holds. */
import type { EpochMilliseconds } from "../../units.ts";

/**
 * What an `--html` file holds: in `<script type="application/json" id="embedded">`, in place of the server. Answers that need no computing stand
 * there by their address; `rows` and `timeline` are computed in the page, by the functions of `src/viewer/table/`, which the
 * server uses as well. There are no other runs in it, and nothing changes.
 */
export interface Embedded {
  readonly v: 1;
  /** By `addressOf`: base64 of the gzip of the answer. The answer of `run` is one `Run`. A profile is there for the slowest requests and for routes, in speedscope's format only. */
  readonly answers: Readonly<Record<string, string>>;
  /** So many of the requests that have profiles are there with these: the slowest. */
  readonly slowest: number;
  /** The requests: base64 of the gzip of a `TableText` as JSON. */
  readonly table: string;
  /** Base64 of the gzip of speedscope's script and style. */
  readonly speedscope: { readonly script: string; readonly style: string };
}

/** All rows as columns, parallel arrays in the order in which the requests ended; to be read by `src/viewer/table/`. */
export interface TableText {
  readonly v: 1;
  readonly rows: number;
  /** Columns of whole numbers; times in microseconds, `start` in milliseconds since `startedOn`. */
  readonly numbers: Readonly<Record<string, readonly number[]>>;
  /** Columns of texts. */
  readonly texts: Readonly<Record<string, readonly string[]>>;
  /** What columns of numbers are indexes of. */
  readonly names: Readonly<Record<string, readonly unknown[]>>;
  readonly startedOn: EpochMilliseconds;
}
