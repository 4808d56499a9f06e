/**
 * Counts the calls of each function while a request has its turn: V8's precise coverage is taken when a turn begins and when it is over.
 *
 * V8 counts for all clients of the inspector together: who takes the counts sets them to 0, and who leaves ends the counting. So the
 * agent does not begin where others may take coverage, and notices by its own function what others have done meanwhile.
 */
import type { Session } from "node:inspector";
import process from "node:process";
import type { CallsMessage, ScriptCalls } from "../protocol/messages.ts";
import { guarded, noteFault } from "./guarded.ts";
import type { Host } from "./host.ts";
import type { InspectorUse } from "./inspector.ts";
import { nodeVariable } from "./node_variable.ts";
import { watchTurns } from "./requests.ts";

/** The agent reports at most this many functions of a request. It leaves out functions of the runtime first, then those with the fewest calls. */
const MOST_FUNCTIONS = 2000;
/** V8 keeps the counts of all code that it has ever compiled: after so many new scripts it begins anew. */
const MOST_SCRIPTS = 20_000;
/** The agent's own function is called so often after each taking: V8 that does not count says 1, and others that take leave 0. */
const OWN_CALLS = 3;

/** What V8 says of a script. https://chromedevtools.github.io/devtools-protocol/v8/Profiler/#type-ScriptCoverage */
interface ScriptCoverage {
  readonly scriptId: string;
  readonly url: string;
  readonly functions: readonly {
    readonly functionName: string;
    readonly isBlockCoverage: boolean;
    readonly ranges: readonly { readonly startOffset: number; readonly count: number }[];
  }[];
}

/** Bundling leaves names of methods as they are, by which V8's answer is searched. */
const own = { profsrvCountedCall(): void {} };

/** A function, and how often it was called. */
interface CalledFunction {
  readonly url: string;
  readonly name: string;
  readonly start: number;
  count: number;
}

/** A request that has its turn: an upgraded connection may have it for days, and others in between. */
interface Turn {
  readonly seq: number;
  readonly functions: Map<string, CalledFunction>;
  /** Others have changed the counts meanwhile. */
  isBroken: boolean;
}

/** What counting needs of the rest of the agent. */
export interface CallCountsOptions {
  readonly host: Pick<Host, "withDelivery">;
  readonly inspector: InspectorUse;
  send(message: CallsMessage): boolean;
}

/** Starts to count calls in this thread, and returns a function that stops it. If calls cannot be counted, the agent tells the wrapper why. */
export function countCalls(options: CallCountsOptions): (() => void) | undefined {
  let reason = whyNot(options.inspector);
  try {
    if (reason === undefined) {
      const counts = new CallCounts(options);
      watchTurns({
        begins: guarded((seq) => counts.begins(seq)),
        ends: guarded((seq, isWhole) => counts.ends(seq, isWhole)),
      });
      return () => counts.stop();
    }
  } catch (error) {
    reason = error instanceof Error ? error.message : String(error);
  }
  noteFault(`calls are not counted in process ${process.pid}: ${reason}`);
  return undefined;
}

class CallCounts {
  private readonly options: CallCountsOptions;
  private readonly session: Session;
  /** Those that have their turn; while a request waits for one of its own server, that one's calls are its own. */
  private turns: Turn[] = [];
  private lastScript = 0;
  private firstScript = 0;
  private isOver = false;

  /** Begins to count; throws where that cannot be. */
  constructor(options: CallCountsOptions) {
    this.options = options;
    const { Session } = options.inspector.load();
    this.session = new Session();
    this.session.connect();
    options.host.withDelivery(() => {
      this.session.post("Profiler.enable");
      this.start();
    });
    this.take();
  }

  /** A request's turn begins. */
  begins(seq: number): void {
    if (this.isOver) return;
    this.takeForTurn();
    if (this.turns.length === 0 && this.lastScript - this.firstScript > MOST_SCRIPTS) this.startAnew();
    this.turns.push({ seq, functions: new Map(), isBroken: false });
  }

  /** A request's turn is over; does nothing if it was before. The calls of one that goes on beside others are not known. */
  ends(seq: number, isWhole: boolean): void {
    const index = this.turns.findIndex((it) => it.seq === seq);
    if (index < 0) return;
    this.takeForTurn();
    const [turn] = this.turns.splice(index, 1);
    if (turn!.isBroken || !isWhole || this.isOver) return;
    const { scripts, leftOut } = told(turn!.functions);
    this.options.send({ kind: "calls", seq, scripts, leftOut });
  }

  /** Ends the counting, for good. */
  stop(): void {
    if (this.isOver) return;
    this.isOver = true;
    this.turns = [];
    this.session.disconnect();
  }

  private takeForTurn(): void {
    if (this.isOver) return;
    const taken = this.take();
    if (taken === undefined) { for (const turn of this.turns) turn.isBroken = true; }
    else if (this.turns.length > 0) add(taken, this.turns.at(-1)!.functions);
  }

  /** The calls since the last time; undefined if others have changed the counts. */
  private take(): ScriptCoverage[] | undefined {
    let result: ScriptCoverage[] = [];
    this.options.host.withDelivery(() =>
      this.session.post("Profiler.takePreciseCoverage", (_error, answer) => {
        result = answer?.result as ScriptCoverage[] | undefined ?? [];
      })
    );
    let ownCalls = 0;
    let ownScript: ScriptCoverage | undefined;
    for (const script of result) {
      this.lastScript = Math.max(this.lastScript, Number(script.scriptId));
      for (const { functionName, isBlockCoverage, ranges: [range] } of script.functions) {
        if (isBlockCoverage) return this.leave();
        if (functionName !== "profsrvCountedCall") continue;
        ownScript = script;
        ownCalls += range?.count ?? 0;
      }
    }
    if (this.firstScript === 0) this.firstScript = this.lastScript;
    const isSound = ownCalls === OWN_CALLS;
    if (!isSound) this.startAnew();
    for (let call = 0; call < OWN_CALLS; call++) own.profsrvCountedCall();
    return isSound ? result.filter((it) => it !== ownScript) : undefined;
  }

  private start(): void {
    this.session.post("Profiler.startPreciseCoverage", { callCount: true, detailed: false });
  }

  private startAnew(): void {
    this.firstScript = this.lastScript;
    this.options.host.withDelivery(() => {
      this.session.post("Profiler.stopPreciseCoverage");
      this.start();
      // What V8 remembers of before is of no turn.
      this.session.post("Profiler.takePreciseCoverage", () => {});
    });
  }

  /** Somebody takes coverage of blocks. Nothing is stopped: that would end theirs. */
  private leave(): undefined {
    this.isOver = true;
    noteFault("calls are no longer counted: something else in this process takes V8's coverage");
    return undefined;
  }
}

/** Why calls cannot be counted in this process; undefined if they can. */
function whyNot(inspector: InspectorUse): string | undefined {
  if (nodeVariable("NODE_V8_COVERAGE") !== undefined) {
    return "Node takes its coverage (NODE_V8_COVERAGE), which counting would change";
  }
  if (inspector.hasOthers()) {
    return "something else in it uses the inspector, and counting would change the coverage that it may take";
  }
  return undefined;
}

/** Adds what was taken to the sums by function. */
function add(taken: readonly ScriptCoverage[], all: Map<string, CalledFunction>): void {
  for (const { url, functions } of taken) {
    for (const { functionName: name, ranges: [range] } of functions) {
      if (range === undefined || range.count === 0) continue;
      const { startOffset: start, count } = range;
      const key = `${url}\n${start}\n${name}`;
      const known = all.get(key);
      if (known === undefined) all.set(key, { url, name, start, count });
      else known.count += count;
    }
  }
}

/** By script; what is too much is left out, and counted. */
function told(all: ReadonlyMap<string, CalledFunction>): {
  readonly scripts: ScriptCalls[];
  readonly leftOut: number;
} {
  let kept = [...all.values()];
  if (kept.length > MOST_FUNCTIONS) {
    const isRuntime = ({ url }: { url: string }) => url === "" || /^(?:node|ext):/.test(url) ? 1 : 0;
    kept = kept.sort((a, b) => isRuntime(a) - isRuntime(b) || b.count - a.count).slice(0, MOST_FUNCTIONS);
  }
  const byScript = new Map<string, (string | number)[]>();
  for (const { url, name, start, count } of kept) {
    const functions = byScript.get(url);
    if (functions === undefined) byScript.set(url, [name, start, count]);
    else functions.push(name, start, count);
  }
  const scripts = [...byScript].map(([url, functions]) => ({ url, functions }));
  return { scripts, leftOut: all.size - kept.length };
}
