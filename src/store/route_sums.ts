/**
 * Adds up what the requests of each route ran, or allocated, kept or not: bounded, however long a run is.
 *
 * A sample counts as one, whichever request it was taken in, and the samples of a route stand for all the cpu that was measured
 * of it: so short requests, most of which no sample sees, count as they should. A sample of bytes counts as those.
 */
import { isMeta, metaFrame, scriptPath, scriptUrl, UNSAMPLED } from "../profile/frames.ts";
import { StackMap } from "../profile/merge.ts";
import type { Frame, Profile, SampledStacks, StackTable } from "../profile/model.ts";
import { OUTSIDE, type RequestProfile } from "../profile/request.ts";
import type { RouteProfile, RouteProfiles, StackSum } from "../profile/route_profiles.ts";
import { Tables } from "../profile/tables.ts";
import { shareOf } from "../profile/weights.ts";
import { type Bytes, toMicroseconds } from "../units.ts";
import { type IndexEntry, OTHER, rowAmong } from "./entry.ts";
import { groupedNames } from "./siblings.ts";

/** Routes told apart when there are more than twice as many: those with most cpu, or most bytes. */
const MOST_ROUTES = 1000;
/** With more stacks in the tables only the heaviest stay, */
const MOST_STACKS = 60_000;
/** so many of them, */
const KEPT_STACKS = 15_000;
/** among which each route has so many of its own; the samples of all others are on a stack called `OTHER`. */
const KEPT_OF_EACH = 10;
/** Scripts whose url is remembered. */
const MOST_URLS = 10_000;

interface Sum {
  requests: number;
  /** The cpu of its requests, or what they allocated. */
  whole: number;
  /** Samples by stack, */
  readonly samples: Map<number, number>;
  /** and their bytes, where they have any. */
  readonly bytes: Map<number, Bytes>;
  isPattern: boolean;
  /** How many routes it stands for. */
  routes: number;
}

export class RouteSums {
  #tables = new Tables();
  #unit: "bytes" | undefined;
  readonly #routes = new Map<string, Sum>();
  readonly #urls = new Map<string, string>();
  /** Many requests in a row share the tables of a window. */
  #last: { readonly stacks: StackTable; readonly map: StackMap } | undefined;

  /** Counts a request, with the samples of its profile where that is known. */
  add(
    entry: Pick<IndexEntry, "method" | "route" | "status" | "pattern" | "cpu" | "alloc">,
    subject?: Pick<RequestProfile, "sampleCount" | "shared" | "profile">,
  ): void {
    const sum = this.#of(rowAmong(entry, this.#routes));
    sum.requests++;
    if (entry.alloc !== undefined) this.#unit = "bytes";
    sum.whole += entry.alloc === undefined ? toMicroseconds(entry.cpu) : entry.alloc?.bytes ?? 0;
    sum.isPattern ||= entry.pattern === true;
    if (subject !== undefined && subject.sampleCount > 0) this.#book(sum, subject.shared ?? subject.profile);
  }

  /** Counts what a process did outside of requests: what was sampled of it is all that was measured. */
  addOutside({ profile }: RequestProfile): void {
    const sum = this.#of(OUTSIDE);
    for (const time of profile.samples.time) sum.whole += time;
    this.#book(sum, profile);
  }

  /** Takes the samples of an earlier part of the run; its requests are counted by `add`. Gives how many samples of requests these are. */
  addSamples({ unit, frames, stacks, routes }: RouteProfiles): number {
    const map = this.#mapOf({ frames, stacks });
    let counted = 0;
    for (const route of routes) {
      const sum = this.#of(route.name);
      for (const { stack, samples, time } of route.stacks) {
        if (samples > 0) add(sum.samples, map.get(stack), samples);
        if (unit === "bytes") add(sum.bytes, map.get(stack), time);
        if (route.name === OUTSIDE) sum.whole += time;
        else counted += samples;
      }
    }
    return counted;
  }

  /** What they came to so far, the route with most cpu, or bytes, first. Many routes in one place that differ by a name are one. */
  profiles(run: string): RouteProfiles {
    this.#group();
    const routes = [...this.#routes].filter(([, { whole, samples }]) => whole > 0 || samples.size > 0)
      .sort(([, a], [, b]) => b.whole - a.whole)
      .map(([name, sum]): RouteProfile => ({ name, requests: sum.requests, stacks: this.#stacksOf(sum) }));
    const { frames, stacks } = this.#tables;
    return { run, unit: this.#unit, frames, stacks, routes };
  }

  #of(name: string): Sum {
    const known = this.#routes.get(name);
    if (known !== undefined) return known;
    if (this.#routes.size >= 2 * MOST_ROUTES) this.#limitRoutes();
    const sum = { requests: 0, whole: 0, samples: new Map(), bytes: new Map(), isPattern: false, routes: 1 };
    this.#routes.set(name, sum);
    return sum;
  }

  #book(sum: Sum, { unit, frames, stacks, samples }: SampledStacks): void {
    const map = this.#mapOf({ frames, stacks });
    for (const [i, stack] of samples.stack.entries()) {
      if (isMeta(frames[stacks.frame[stack]!]!, UNSAMPLED)) continue;
      add(sum.samples, map.get(stack), 1);
      if (unit === "bytes") add(sum.bytes, map.get(stack), samples.time[i]!);
    }
    if (this.#tables.stacks.parent.length > MOST_STACKS) this.#limitStacks();
  }

  /** To the tables, in which a script has one url only: that which it has when it is read again. */
  #mapOf({ frames, stacks }: Pick<Profile, "frames" | "stacks">): StackMap {
    if (this.#last?.stacks !== stacks) {
      const map = new StackMap({ frames: frames.map((it) => this.#withUrl(it)), stacks }, this.#tables);
      this.#last = { stacks, map };
    }
    return this.#last.map;
  }

  #withUrl(frame: Frame): Frame {
    let url = this.#urls.get(frame.url);
    if (url === undefined) {
      if (this.#urls.size >= MOST_URLS) this.#urls.clear();
      this.#urls.set(frame.url, url = scriptUrl(scriptPath(frame.url)));
    }
    return url === frame.url ? frame : { ...frame, url };
  }

  #stacksOf({ whole, samples, bytes }: Sum): StackSum[] {
    if (this.#unit === "bytes") {
      return [...samples].map(([stack, samples]) => ({ stack, samples, time: bytes.get(stack) ?? 0 }));
    }
    if (samples.size === 0) return [{ stack: this.#meta(UNSAMPLED), samples: 0, time: whole }];
    let all = 0;
    for (const count of samples.values()) all += count;
    let [counted, before] = [0, 0];
    return [...samples].map(([stack, count]) => {
      counted += count;
      const upTo = shareOf(counted, whole, all);
      const time = upTo - before;
      before = upTo;
      return { stack, samples: count, time };
    });
  }

  #meta(name: string): number {
    return this.#tables.stack(-1, this.#tables.frame(metaFrame(name)));
  }

  /** Joins routes under their names. */
  #group(): void {
    const rows = [...this.#routes].map(([name, { isPattern, routes }]) => ({
      name,
      isPattern: isPattern || name.startsWith("("),
      routes,
    }));
    const names = groupedNames(rows);
    for (const [i, { name }] of rows.entries()) if (names[i] !== name) this.#join(name, names[i]!);
  }

  #limitRoutes(): void {
    this.#group();
    const rest = [...this.#routes].filter(([name]) => !name.startsWith("("))
      .sort(([, a], [, b]) => b.whole - a.whole).slice(MOST_ROUTES);
    for (const [name] of rest) this.#join(name, OTHER);
  }

  #join(name: string, into: string): void {
    const from = this.#routes.get(name)!;
    this.#routes.delete(name);
    const sum = this.#routes.get(into);
    if (sum === undefined) return void this.#routes.set(into, { ...from, routes: from.routes + 1 });
    sum.requests += from.requests;
    sum.whole += from.whole;
    sum.routes += from.routes;
    for (const [stack, count] of from.samples) add(sum.samples, stack, count);
    for (const [stack, bytes] of from.bytes) add(sum.bytes, stack, bytes);
  }

  #limitStacks(): void {
    const all = [...this.#routes.values()].flatMap(({ samples, bytes }) => {
      const heaviest = [...samples].sort(([, a], [, b]) => b - a);
      return heaviest.map(([stack, count], rank) => {
        return { samples, bytes, stack, count, own: bytes.get(stack), isSafe: rank < KEPT_OF_EACH };
      });
    }).sort((a, b) => Number(b.isSafe) - Number(a.isSafe) || b.count - a.count);
    const { frames, stacks } = this.#tables;
    for (const { samples, bytes } of this.#routes.values()) [samples, bytes].forEach((it) => it.clear());
    this.#tables = new Tables();
    this.#last = undefined;
    const map = new StackMap({ frames, stacks }, this.#tables);
    for (const [rank, { samples, bytes, stack, count, own }] of all.entries()) {
      const isKept = rank < KEPT_STACKS && this.#tables.stacks.parent.length < MOST_STACKS / 2;
      const kept = isKept ? map.get(stack) : this.#meta(OTHER);
      add(samples, kept, count);
      if (own !== undefined) add(bytes, kept, own);
    }
  }
}

function add(sums: Map<number, number>, stack: number, count: number): void {
  sums.set(stack, (sums.get(stack) ?? 0) + count);
}
