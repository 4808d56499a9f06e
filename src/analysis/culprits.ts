/** Who made requests slow: the hot functions of each route, and the routes that held up others. */
import { OUTSIDE } from "../profile/request.ts";
import type { AllocatingFunction, HotFunction, IndexEntry } from "../store/entry.ts";
import type { Milliseconds } from "../units.ts";
import { CallSums, type RouteCalls } from "./call_sums.ts";
import { ByRequestId } from "./by_request_id.ts";

/** Functions told apart in a route. */
const MOST_FUNCTIONS = 200;
/** At least so many requests are remembered by their id, the newest: they may have held up those that end later. */
const MOST_KNOWN = 8192;
/** Blockers ran for 1 ms at a time: who had less CPU in all was none. */
const LEAST_CPU: Milliseconds = 1;
/** Blockers that have not ended yet, and are named when they do. */
const MOST_AWAITED = 10_000;

/** Who held up others, by the name of its route, and for how long. */
export interface HeldBy {
  readonly name: string;
  readonly ms: Milliseconds;
  /** How many requests. */
  readonly count: number;
}

/** A function with its time, or its bytes. */
type Summed = Omit<HotFunction, "self"> & { self: number };

/** Times of functions, or bytes, added up. Looked up by name first: to make one key of name, file and line costs more than all else here. */
class FunctionSums {
  /** In the order in which they came. */
  readonly all: Summed[] = [];
  readonly #named = new Map<string, Summed[]>();

  /** Adds a function's time; gives its sum, undefined if there are too many functions. */
  add(hot: Readonly<Summed>): Summed | undefined {
    const named = this.#named.get(hot.function);
    const known = named?.find(({ line, file }) => line === hot.line && file === hot.file);
    if (known !== undefined) {
      known.self += hot.self;
      return known;
    }
    if (this.all.length >= MOST_FUNCTIONS) return undefined;
    const sum = { ...hot };
    this.all.push(sum);
    if (named === undefined) this.#named.set(hot.function, [sum]);
    else named.push(sum);
    return sum;
  }
}

interface Sums {
  readonly functions: FunctionSums;
  readonly calls: CallSums;
  /** By the bytes that they allocated. */
  readonly allocators: FunctionSums;
  /** One for all requests of the route with the same hot function: an index may have millions of them. */
  readonly requests: Map<HotFunction | undefined, KnownRequest>;
  readonly blockers: Map<string, { ms: Milliseconds; count: number }>;
}

/** What is known of a request that has ended. */
export interface KnownRequest {
  readonly name: string;
  /** With the time of all such requests of its route. */
  readonly hot: HotFunction | undefined;
}

function noSums(): Sums {
  return {
    functions: new FunctionSums(),
    calls: new CallSums(),
    allocators: new FunctionSums(),
    requests: new Map(),
    blockers: new Map(),
  };
}

/** What of an entry counts. */
export type CulpritsOf = Pick<IndexEntry, "id" | "cpu" | "hot" | "alloc" | "blockers" | "calls">;

export class Culprits {
  readonly #routes = new Map<string, Sums>();
  /** Two generations: dropping the older one at once is cheaper than each request as it grows old. */
  #known = new ByRequestId<KnownRequest>();
  #older = new ByRequestId<KnownRequest>();
  /** For blockers that have not ended: whom they held up. */
  readonly #awaited = new ByRequestId<{ readonly route: string; readonly ms: Milliseconds }[]>();

  /** Adds a request under the name of its route. */
  add(route: string, { id, cpu, hot, alloc, blockers, calls }: CulpritsOf): void {
    const sums = this.#sumsOf(route);
    if (calls !== undefined) sums.calls.add(calls);
    const sum = hot ? sums.functions.add(hot) : undefined;
    if (alloc?.hot) sums.allocators.add(alloc.hot);
    if (cpu >= LEAST_CPU) this.#know(id, sameRequest(sums, route, sum));
    if (blockers === undefined) return;
    for (const { id: by, ms } of blockers) {
      const name = by === OUTSIDE ? OUTSIDE : this.known(by)?.name;
      if (name !== undefined) addBlocker(sums, name, ms);
      else this.#await(by, route, ms);
    }
  }

  /** A request that has ended not long ago. */
  known(id: string): KnownRequest | undefined {
    return this.#known.get(id) ?? this.#older.get(id);
  }

  /** The functions in which the requests of these routes spent most time, that first. */
  functions(...routes: readonly string[]): HotFunction[] {
    return summed(routes.flatMap((it) => this.#routes.get(it)?.functions ?? []));
  }

  /** The functions that allocated most in the requests of these routes, that first; `self` is bytes. */
  allocators(...routes: readonly string[]): AllocatingFunction[] {
    return summed(routes.flatMap((it) => this.#routes.get(it)?.allocators ?? []));
  }

  /** The functions that the requests of these routes called most. */
  calls(...routes: readonly string[]): RouteCalls[] {
    const calls = new CallSums();
    for (const it of routes) calls.join(this.#routes.get(it)?.calls);
    return calls.most();
  }

  /** The functions that the requests of all routes called most. */
  allCalls(): RouteCalls[] {
    return this.calls(...this.#routes.keys());
  }

  /** Who held up the requests of these routes, the longest first. */
  blockers(...routes: readonly string[]): HeldBy[] {
    return addedUp(routes.flatMap((it) => this.#routes.get(it) ?? []));
  }

  /** Who held up requests of any route, the longest first. */
  allBlockers(): HeldBy[] {
    return addedUp([...this.#routes.values()]);
  }

  /** Whom one held up. */
  heldUpBy(name: string): HeldBy[] {
    const held: Sums["blockers"] = new Map();
    for (const [route, { blockers }] of this.#routes) {
      const sum = blockers.get(name);
      if (sum !== undefined) held.set(route, sum);
    }
    return sorted(held);
  }

  /** The functions of all routes, the hottest first. */
  allFunctions(): HotFunction[] {
    return summed([...this.#routes.values()].map(({ functions }) => functions));
  }

  /** The functions of all routes that allocated most, that first; `self` is bytes. */
  allAllocators(): AllocatingFunction[] {
    return summed([...this.#routes.values()].map(({ allocators }) => allocators));
  }

  /** From now on these routes are one of this name. */
  join(name: string, routes: readonly string[]): void {
    const joined = noSums();
    for (const route of routes) {
      const sums = this.#routes.get(route);
      if (sums === undefined) continue;
      this.#routes.delete(route);
      for (const hot of sums.functions.all) joined.functions.add(hot);
      joined.calls.join(sums.calls);
      for (const hot of sums.allocators.all) joined.allocators.add(hot);
      for (const [by, held] of sums.blockers) add(joined.blockers, by, held);
    }
    this.#routes.set(name, joined);
  }

  #sumsOf(route: string): Sums {
    const known = this.#routes.get(route);
    if (known !== undefined) return known;
    const sums = noSums();
    this.#routes.set(route, sums);
    return sums;
  }

  #know(id: string, request: KnownRequest): void {
    this.#known.set(id, request);
    if (this.#known.size >= MOST_KNOWN) [this.#known, this.#older] = [new ByRequestId(), this.#known];
    const awaited = this.#awaited.claim(id);
    if (awaited === undefined) return;
    for (const { route, ms } of awaited) addBlocker(this.#sumsOf(route), request.name, ms);
  }

  #await(id: string, route: string, ms: Milliseconds): void {
    const list = this.#awaited.get(id);
    if (list !== undefined) list.push({ route, ms });
    else if (this.#awaited.size < MOST_AWAITED) this.#awaited.set(id, [{ route, ms }]);
  }
}

function summed(all: readonly FunctionSums[]): Summed[] {
  const functions = new FunctionSums();
  for (const sums of all) for (const hot of sums.all) functions.add(hot);
  return functions.all.sort((a, b) => b.self - a.self);
}

function addedUp(all: readonly Sums[]): HeldBy[] {
  const blockers: Sums["blockers"] = new Map();
  for (const sums of all) for (const [name, held] of sums.blockers) add(blockers, name, held);
  return sorted(blockers);
}

function sameRequest({ requests }: Sums, name: string, hot: HotFunction | undefined): KnownRequest {
  let known = requests.get(hot);
  if (known === undefined) requests.set(hot, known = { name, hot });
  return known;
}

function addBlocker({ blockers }: Sums, name: string, ms: Milliseconds): void {
  const sum = blockers.get(name);
  if (sum === undefined) return void blockers.set(name, { ms, count: 1 });
  sum.ms += ms;
  sum.count++;
}

function add(into: Sums["blockers"], name: string, more: { ms: Milliseconds; count: number }): void {
  const sum = into.get(name);
  if (sum === undefined) return void into.set(name, { ms: more.ms, count: more.count });
  sum.ms += more.ms;
  sum.count += more.count;
}

function sorted(sums: Sums["blockers"]): HeldBy[] {
  return [...sums].map(([name, { ms, count }]) => ({ name, ms, count })).sort((a, b) => b.ms - a.ms);
}
