/**
 * Takes what each request allocates: a heap profile from the beginning of its turn to its end. The server handles one request at a
 * time, so all that is allocated meanwhile is that request's. Where a request waits for another one of the same server, or an
 * upgrade or event stream stays open, the newest has the turn until it ends.
 */
import type { HeapMessage, V8HeapProfile } from "../protocol/messages.ts";
import type { Bytes } from "../units.ts";
import { can } from "./capabilities.ts";
import { ClockOffset, hrtime, now } from "./clock.ts";
import { guarded, noteFault } from "./guarded.ts";
import { type HeapSource, heapSource } from "./heap_source.ts";
import type { Host } from "./host.ts";
import type { InspectorUse } from "./inspector.ts";
import { forget, takeStretches } from "./ledger.ts";
import { nodeVariable } from "./node_variable.ts";
import type { OwnCost } from "./own_cost.ts";
import { watchTurns } from "./requests.ts";

/** A request that is interrupted more often gets no further parts: each is a message. */
const MOST_PARTS = 100;

/** What the sampler must know of the rest of the agent. */
export interface HeapSamplerOptions {
  readonly inspector: InspectorUse;
  readonly host: Pick<Host, "withDelivery">;
  readonly cost: Pick<OwnCost, "paused">;
  /** Sends what a request allocated; false if that is lost. */
  send(message: HeapMessage): boolean;
}

/** A request that is open. */
interface Turn {
  readonly seq: number;
  parts: number;
  /** A part of it is lost. */
  isLost: boolean;
}

export class HeapSampler {
  readonly offset = new ClockOffset();
  private readonly options: HeapSamplerOptions;
  private readonly source: HeapSource;
  /** The open requests; the last has the turn. */
  private readonly turns: Turn[] = [];
  private isSampling = false;
  private hasStopped = false;

  /** Throws where this thread has no such profiler. `interval`: between two samples. */
  constructor(interval: Bytes, options: HeapSamplerOptions) {
    this.options = options;
    this.source = heapSource(interval, options);
  }

  start(): void {
    const before = now();
    this.offset.learn({ v8At: hrtime(), before, after: now() });
    watchTurns({
      begins: guarded((seq) => this.begin(seq)),
      ends: guarded((seq, isWhole) => this.end(seq, isWhole)),
    });
    if (can.labelHeapSamples.probe()) {
      noteFault(
        "this runtime can tell requests apart by v8.withHeapProfileLabels, without --serial; profsrv does not do so yet",
      );
    }
  }

  /** There are no windows: forgets what the ledger has kept for one. */
  turn(): void {
    takeStretches();
    forget(now());
  }

  get isInspectorShared(): boolean {
    return nodeVariable("NODE_V8_COVERAGE") !== undefined || this.options.inspector.hasOthers();
  }

  /** Ends the profile that is under way, for good. */
  stop(): void {
    this.pause();
    this.turns.length = 0;
    this.hasStopped = true;
    this.source.close();
  }

  private begin(seq: number): void {
    if (this.hasStopped) return;
    this.pause();
    this.turns.push({ seq, parts: 0, isLost: false });
    this.resume();
  }

  private end(seq: number, isWhole: boolean): void {
    const index = this.turns.findIndex((turn) => turn.seq === seq);
    if (index < 0) return;
    const isLast = index === this.turns.length - 1;
    if (isLast) this.pause();
    const [turn] = this.turns.splice(index, 1);
    // It goes on beside others: what it allocates then is not known.
    if (!isWhole && !turn!.isLost) this.options.send({ kind: "heap", seq, profile: null });
    if (isLast) this.resume();
  }

  /** Takes what was allocated since the last one that has the turn got it. */
  private pause(): void {
    const turn = this.turns.at(-1);
    if (turn === undefined) return;
    const profile = this.isSampling ? this.timed(() => this.source.stop()) : undefined;
    this.isSampling = false;
    const wasLost = turn.isLost;
    turn.isLost ||= profile === undefined;
    turn.parts++;
    if (!wasLost) turn.isLost = !this.options.send({ kind: "heap", seq: turn.seq, profile: profile ?? null });
  }

  private resume(): void {
    const turn = this.turns.at(-1);
    if (turn === undefined || turn.isLost) return;
    if (turn.parts < MOST_PARTS) this.isSampling = this.timed(() => (this.source.start(), true)) ?? false;
  }

  /** What it gives; undefined if it fails, which is said. */
  private timed<T extends V8HeapProfile | boolean>(act: () => T): T | undefined {
    const at = now();
    try {
      return act();
    } catch (error) {
      const { message } = error as Error;
      noteFault(
        `what some requests allocated is not known, for another client uses V8's heap profiler: ${message}`,
      );
      return undefined;
    } finally {
      this.options.cost.paused(now() - at);
    }
  }
}
