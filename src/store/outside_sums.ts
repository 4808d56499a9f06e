/** What all processes of a run did outside of requests: a profile of each is written, and their functions are added up. */
import { isMeta, PROFILER, scriptPath } from "../profile/frames.ts";
import { type OwnTime, ownTimes } from "../profile/outside.ts";
import type { RequestProfile } from "../profile/request.ts";
import type { OutsideTotals } from "./entry.ts";
import { type Microseconds, toMilliseconds } from "../units.ts";

/** The most processes of which a profile is written: a run may have any number of them. */
const MOST_PROFILES = 100;
/** The most functions that the sums have room for, */
const MOST_FUNCTIONS = 10_000;
/** and the most that are named. */
const NAMED_FUNCTIONS = 5;

export class OutsideSums {
  #profiles = 0;
  #time: Microseconds = 0;
  readonly #files: string[] = [];
  readonly #functions = new Map<string, OwnTime>();

  /** Adds the profile of one process; `write` writes it and gives the names of its files. */
  add(subject: RequestProfile, write: () => readonly string[]): void {
    const { frames, stacks, samples } = subject.profile;
    for (const [i, stack] of samples.stack.entries()) {
      if (!isMeta(frames[stacks.frame[stack]!]!, PROFILER)) this.#time += samples.time[i]!;
    }
    for (const [key, own] of ownTimes(subject.profile)) {
      const known = this.#functions.get(key);
      if (known !== undefined) known.time += own.time;
      else if (this.#functions.size < MOST_FUNCTIONS) this.#functions.set(key, own);
    }
    if (this.#profiles++ < MOST_PROFILES) this.#files.push(...write());
  }

  /** What it came to; `after` is added as it is. */
  totals(after: ReadonlyMap<string, Microseconds>): OutsideTotals {
    const hottest = [...this.#functions.values()].sort((a, b) => b.time - a.time).slice(0, NAMED_FUNCTIONS);
    return {
      time: toMilliseconds(this.#time),
      functions: hottest.map(({ frame, time }) => ({
        function: frame.name,
        file: scriptPath(frame.url),
        line: frame.line + 1,
        self: toMilliseconds(time),
      })),
      files: [...this.#files],
      after: Object.fromEntries([...after].map(([route, time]) => [route, toMilliseconds(time)])),
    };
  }
}
