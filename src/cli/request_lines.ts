/** What is printed while requests end: a line for each, or one line a second when they are many. */
import type { KnownRequest } from "../analysis/culprits.ts";
import { type IndexEntry, nameOf } from "../store/entry.ts";
import type { Milliseconds } from "../units.ts";
import type { Paint } from "./colours.ts";
import { counted, number } from "./counted.ts";
import { localTime, requestLine } from "./lines.ts";
import { printable, shortened } from "./printable.ts";

/** More lines than this within a second nobody reads. */
const MOST_LINES = 50;
const SECOND: Milliseconds = 1000;
/** After so long without requests each has its line again. */
const CALM: Milliseconds = 5000;
/** So many routes are counted in the line of a second. */
const MOST_ROUTES = 5;
const WIDEST_NAME = 48;

/** What the lines are made with. */
export interface RequestLinesOptions {
  readonly paint: Paint;
  /** Columns of the terminal now; undefined where it is none. */
  width(): number | undefined;
  /** What is known of requests that have ended, by id. */
  known(id: string): KnownRequest | undefined;
  say(text: string): void;
  /** Milliseconds of the wall clock. */
  now(): number;
}

/** Requests by the name of their route, with those that failed. */
class Second {
  count = 0;
  failed = 0;
  readonly routes = new Map<string, number>();

  add({ method, route, status }: IndexEntry): void {
    this.count++;
    if (status >= 500) this.failed++;
    const name = nameOf(method, route);
    this.routes.set(name, (this.routes.get(name) ?? 0) + 1);
  }
}

export class RequestLines {
  readonly #options: RequestLinesOptions;
  /** When the second began in which lines are counted; the last line of a second ends one, too. */
  #since = -Infinity;
  /** The last second with requests had more than `MOST_LINES`. */
  #isFlood = false;
  #lines = 0;
  /** Those that are only counted; undefined while each has its line. */
  #counted: Second | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(options: RequestLinesOptions) {
    this.#options = options;
  }

  /** Requests have ended. */
  add(entries: readonly IndexEntry[]): void {
    const { say, paint, known, width, now } = this.#options;
    const pause = now() - this.#since;
    if (pause >= SECOND) {
      this.flush();
      // A shorter pause may be ours: on a busy machine requests arrive here late and in batches.
      if (pause >= CALM) this.#isFlood = false;
      this.#since = now();
    }
    this.#lines += entries.length;
    if (this.#counted === undefined && (this.#isFlood || this.#lines > MOST_LINES)) {
      this.#counted = new Second();
      this.#timer = setTimeout(() => this.flush(), SECOND);
      this.#timer.unref?.();
    }
    if (this.#counted === undefined) {
      const options = { paint, known, width: width() };
      say(entries.map((entry) => requestLine(entry, options)).join("\n"));
    } else for (const entry of entries) this.#counted.add(entry);
  }

  /** Says what has only been counted. */
  flush(): void {
    clearTimeout(this.#timer);
    const { say, width, now } = this.#options;
    const second = this.#counted;
    this.#counted = undefined;
    if (this.#lines > 0) this.#isFlood = this.#lines > MOST_LINES;
    this.#lines = 0;
    if (second === undefined || second.count === 0) return;
    this.#since = now();
    const time = localTime(new Date(now()).toISOString());
    say(shortened(`[${time}] ${secondText(second)}`, width() ?? Infinity));
  }
}

function secondText({ count, failed, routes }: Second): string {
  const sorted = [...routes].sort(([, a], [, b]) => b - a);
  const shown = sorted.slice(0, MOST_ROUTES).map(([name, many]) =>
    `${number(many)} ${shortened(printable(name), WIDEST_NAME)}`
  );
  const rest = sorted.slice(MOST_ROUTES).reduce((sum, [, many]) => sum + many, 0);
  if (rest > 0) shown.push(counted(rest, "other"));
  const bad = failed > 0 ? ` (${number(failed)} failed)` : "";
  return `${counted(count, "request")}${bad}: ${shown.join(", ")}`;
}
