/**
 * Runs in every process or thread that serves: starts sampling, turns the windows, and tells the wrapper what it saw.
 */
import type { AgentConfig, AgentMessage, V8Profile } from "../protocol/messages.ts";
import { type HeapMessage, PROTOCOL_VERSION } from "../protocol/messages.ts";
import type { Microseconds, Milliseconds } from "../units.ts";
import { countCalls } from "./call_counts.ts";
import { now } from "./clock.ts";
import { guarded, noteFault, takeFaults } from "./guarded.ts";
import { HeapSampler } from "./heap_sampler.ts";
import { nodesOf } from "./heap_source.ts";
import type { Execution } from "./execution.ts";
import type { Host, SignalWatch } from "./host.ts";
import { InspectorUse } from "./inspector.ts";
import { forget, openLedger, takeDropped, takeOwners, takeStretches } from "./ledger.ts";
import { original } from "./originals.ts";
import { OwnCost } from "./own_cost.ts";
import { tellRefusal } from "./refusal.ts";
import {
  closeAll,
  closeAllOver,
  endedCount,
  onManyEnded,
  openCount,
  type OpenRequest,
  takeEnded,
  takeLost,
} from "./requests.ts";
import { watchQueue } from "./queue.ts";
import { Sampler } from "./sampler.ts";
import { SourceMaps } from "./source_maps.ts";
import { Spool } from "./spool.ts";
import { thisProcess } from "./this_process.ts";
import { leave, lookAfterTurns, recordWaiting, serveOneByOne } from "./turns.ts";
import { threadExecution } from "./thread_execution.ts";
import { WindowAge } from "./window_age.ts";
import { moveStretches, sampleInstants, timeOf } from "./window_times.ts";

/** How often to look whether a window should be turned. */
const TICK: Milliseconds = 100;
/** A window without a request is sent where the event loop ran other work for this long: */
const MUCH_OUTSIDE: Microseconds = 10_000;

const NO_DROPS = { droppedWindows: 0, droppedRequests: 0, droppedSwitches: 0 };

/** Starts to record this thread. If that fails, the agent tells the wrapper why, and the server runs as if alone. */
export function startRecording(config: AgentConfig, host: Host): void {
  try {
    // Where nothing takes profiles this throws: an environment without inspector, Node's permission model.
    new Recorder(config, host);
  } catch (error) {
    tellRefusal(config, host, error);
  }
}

class Recorder {
  private readonly host: Host;
  private readonly spool: Spool;
  private readonly sampler: Sampler | HeapSampler;
  private readonly sourceMaps: SourceMaps;
  private readonly timer: ReturnType<typeof setInterval>;
  private readonly sweep: () => void;
  private readonly signals: SignalWatch;
  private readonly stopCounting: ReturnType<typeof countCalls>;
  /** How things stood when the wrapper was last told, as JSON. */
  private state = "";
  private readonly age: WindowAge;
  /** Some request was open at some time of this window. */
  private hadRequests = false;
  private droppedWindows = 0;
  private droppedRequests = 0;
  /** How many requests had ended when it began. */
  private endedBefore = 0;
  private readonly cost: OwnCost;
  private readonly execution: Execution;
  private hasStopped = false;

  /** Starts it all; throws if this thread cannot be profiled, with nothing changed. */
  constructor(config: AgentConfig, host: Host) {
    this.host = host;
    this.execution = threadExecution(guarded((account) => leave(account as OpenRequest)));
    this.cost = new OwnCost(host, this.execution);
    const process = thisProcess(host.name);
    this.spool = new Spool(config.spool, process.stream);
    const { interval, heapInterval } = config;
    const onLost = () => host.withDelivery(() => this.sampler.turn());
    const inspector = new InspectorUse();
    const heap = { inspector, host, cost: this.cost, send: (it: HeapMessage) => this.sendHeap(it) };
    this.sampler = heapInterval === undefined
      ? new Sampler({ inspector, interval, onLost }, (profile) => this.deliver(profile))
      : new HeapSampler(heapInterval, heap);
    this.sourceMaps = new SourceMaps({
      inspector,
      send: (message) => this.send(message),
      isInspectorShared: () => this.sampler.isInspectorShared,
      isBusy: () => openCount() > 0,
    });
    const at = now();
    host.withDelivery(() => this.sampler.start());
    if (config.calls) this.stopCounting = countCalls({ host, inspector, send: (it) => this.send(it) });
    this.cost.startedSince(at);
    this.age = new WindowAge();
    openLedger();
    watchQueue();
    if (config.serial) serveOneByOne();
    onManyEnded(guarded(() => this.sendEnded()));
    host.followContexts(this.execution);
    this.sweep = host.recordRequests(config.trigger);
    host.onEnding(guarded(() => this.stop()));
    if (config.serial) host.watchTurns(this.execution);
    this.signals = host.onEndingSignals(guarded((raise?: string) => this.stop(raise)), config);
    this.timer = original.setInterval(guarded(() => this.tick()), TICK);
    this.timer.unref();
    const { pid, tid, runtime, argv } = process;
    const isHeap = heapInterval !== undefined || undefined;
    const hello: AgentMessage = { kind: "hello", v: PROTOCOL_VERSION, pid, tid, runtime, argv, isHeap };
    this.spool.introduce(original.stringify(hello));
    const warning = host.warning(config);
    if (warning !== undefined) noteFault(warning);
    this.tellState();
  }

  private tick(): void {
    this.execution.realign();
    if (this.spool.isBroken) {
      this.signals.disarm();
      return this.stop();
    }
    closeAllOver();
    lookAfterTurns();
    this.sweep();
    this.tellState();
    this.sendEnded();
    if (this.age.isFull(this.endedBefore, this.cost.priceOfTurn())) this.turn();
  }

  private tellState(): void {
    const message: AgentMessage = {
      kind: "state",
      ending: this.signals.ending(),
      address: this.host.address() ?? null,
    };
    const state = original.stringify(message);
    if (state !== this.state && this.spool.send(state)) this.state = state;
  }

  /** Ends this window and begins the next. */
  private turn(): void {
    const at = now();
    this.host.withDelivery(() => this.sampler.turn());
    this.age.begin();
    this.sendTrouble();
    this.cost.pausedSince(this.sampler instanceof Sampler ? at : undefined);
  }

  private sendHeap(message: HeapMessage): boolean {
    if (this.host.hasTranspilers) this.sourceMaps.tell({ nodes: nodesOf(message.profile) });
    if (this.spool.hasRoomForWindows() && this.send(message) && message.profile !== null) return true;
    this.droppedWindows++;
    return false;
  }

  /** A window is done: names the owner of each sample and sends both. */
  private deliver(profile: V8Profile | undefined): void {
    if (profile === undefined) {
      this.droppedWindows++;
      return;
    }
    const offset = this.sampler.offset.value;
    const until = profile.endTime - offset;
    const isQuiet = !this.hadRequests && openCount() === 0 && endedCount() === this.endedBefore;
    this.hadRequests = openCount() > 0;
    this.endedBefore = endedCount();
    const stretches = takeStretches();
    const isWanted = !isQuiet || timeOf(stretches) >= MUCH_OUTSIDE;
    if (!isWanted || !this.spool.hasRoomForWindows()) {
      if (!isQuiet) this.droppedWindows++;
      else this.sourceMaps.tellWaiting();
      return forget(until);
    }
    if (this.host.hasTranspilers) this.sourceMaps.tell(profile);
    const owners = takeOwners(sampleInstants(profile, offset), until);
    moveStretches(stretches, offset);
    if (!this.send({ kind: "window", profile, owners, stretches, isQuiet })) this.droppedWindows++;
  }

  private sendEnded(): void {
    const offset = this.sampler.offset.value;
    const { requests: { texts, attached }, count } = takeEnded(offset);
    if (count === 0) return;
    const epochOffset = original.epochNow() - (now() + offset) / 1000;
    const json = original.stringify({ kind: "requests", epochOffset, texts });
    if (!this.spool.send(json, { attached })) this.droppedRequests += count;
  }

  private sendTrouble(): void {
    this.droppedRequests += takeLost();
    const { droppedWindows, droppedRequests } = this;
    const droppedSwitches = takeDropped();
    const [text, ...others] = takeFaults();
    for (const other of others) this.send({ kind: "trouble", text: other, ...NO_DROPS });
    if (droppedWindows + droppedRequests + droppedSwitches === 0 && text === undefined) return;
    const isSent = this.send({
      kind: "trouble",
      text: text ?? "",
      droppedWindows,
      droppedRequests,
      droppedSwitches,
    });
    if (isSent) this.droppedWindows = this.droppedRequests = 0;
  }

  /** The process ends, or nobody listens any more: says what there is to say, for good. */
  private stop(raise?: string): void {
    if (this.hasStopped) return;
    this.hasStopped = true;
    original.clearInterval(this.timer);
    this.host.unfollowContexts();
    recordWaiting();
    closeAll();
    this.stopCounting?.();
    this.sweep();
    this.sendEnded();
    // Of a server that ends within a tick nothing else says that it listened.
    this.tellState();
    const at = now();
    this.host.withDelivery(() => this.sampler.stop());
    this.sendTrouble();
    this.cost.stoppedSince(at);
    this.send({ kind: "bye", ...this.cost.inMilliseconds(), bytes: this.spool.bytes, raise });
    this.spool.close();
  }

  private send(message: AgentMessage): boolean {
    try {
      const isLast = this.hasStopped && (message.kind === "trouble" || message.kind === "bye");
      return this.spool.send(original.stringify(message), { isLast });
    } catch (error) {
      noteFault(error);
      return false;
    }
  }
}
