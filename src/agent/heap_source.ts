/** Which of the ways to V8's sampling heap profiler is taken. V8 has one for each thread, which all its clients share. */
import type * as Inspector from "node:inspector";
import * as v8 from "node:v8";
import type { V8HeapProfile } from "../protocol/messages.ts";
import type { Bytes } from "../units.ts";
import { can } from "./capabilities.ts";
import { FileUrls } from "./file_urls.ts";
import type { Host } from "./host.ts";
import type { InspectorUse } from "./inspector.ts";
import { original } from "./originals.ts";

/** Takes heap profiles, one at a time. */
export interface HeapSource {
  /** Throws where another client takes one. */
  start(): void;
  /** What was allocated since, what was collected meanwhile included. Throws where another client has ended it. */
  stop(): V8HeapProfile;
  close(): void;
}

interface SourceOptions {
  readonly inspector: InspectorUse;
  readonly host: Pick<Host, "withDelivery">;
}

/** What V8's own function takes. https://nodejs.org/api/v8.html#v8startheapprofileoptions */
interface HeapProfileOptions {
  readonly sampleInterval: Bytes;
  readonly stackDepth: number;
  readonly includeObjectsCollectedByMajorGC: true;
  readonly includeObjectsCollectedByMinorGC: true;
}
type StartHeapProfile = (options: HeapProfileOptions) => { stop(): string };

/** The inspector's own default; V8's is 16. */
const STACK_DEPTH = 128;
const COLLECTED = { includeObjectsCollectedByMajorGC: true, includeObjectsCollectedByMinorGC: true } as const;

/** The best way there is. Throws, with half a sentence, where there is none. */
export function heapSource(interval: Bytes, options: SourceOptions): HeapSource {
  if (!can.rememberCollected.probe()) {
    throw new Error("V8 of Node 18 forgets what has been collected; --profiler heap needs Node 20 or newer");
  }
  return can.startHeapProfile.probe()
    ? new V8HeapProfiles(interval)
    : new InspectorHeapProfiles(interval, options);
}

class V8HeapProfiles implements HeapSource {
  private readonly urls = new FileUrls();
  private readonly options: HeapProfileOptions;
  private handle: { stop(): string } | undefined;

  constructor(sampleInterval: Bytes) {
    this.options = { sampleInterval, stackDepth: STACK_DEPTH, ...COLLECTED };
  }

  start(): void {
    this.handle = (v8 as unknown as { startHeapProfile: StartHeapProfile }).startHeapProfile(this.options);
  }

  stop(): V8HeapProfile {
    const profile = original.parse(this.handle!.stop()) as V8HeapProfile;
    this.urls.put(nodesOf(profile).map(({ callFrame }) => callFrame));
    return profile;
  }

  close(): void {}
}

class InspectorHeapProfiles implements HeapSource {
  private readonly session: Inspector.Session;
  private readonly options: { readonly samplingInterval: Bytes };
  private readonly host: Pick<Host, "withDelivery">;

  /** Throws where there is no inspector, or a client may not connect. */
  constructor(samplingInterval: Bytes, { inspector, host }: SourceOptions) {
    this.options = { samplingInterval, ...COLLECTED };
    this.host = host;
    this.session = new (inspector.load()).Session();
    this.session.connect();
  }

  start(): void {
    // V8 answers a second start as if it were one; whoever stops first then ends both.
    if (this.post("HeapProfiler.getSamplingProfile").result !== undefined) {
      throw new Error("another client of the inspector samples the heap");
    }
    const { error } = this.post("HeapProfiler.startSampling", this.options);
    if (error !== undefined) throw error;
  }

  stop(): V8HeapProfile {
    const { error, result } = this.post("HeapProfiler.stopSampling");
    if (result === undefined) throw error ?? new Error("the inspector does not answer");
    return (result as { profile: V8HeapProfile }).profile;
  }

  close(): void {
    this.session.disconnect();
  }

  /** The answer is there when this returns. */
  private post(method: string, parameters?: object): { error?: Error; result?: object } {
    let answer: { error?: Error; result?: object } = {};
    this.host.withDelivery(() => {
      this.session.post(method, parameters, (error: Error | null, result?: object) => {
        answer = error ? { error } : { result: result ?? {} };
      });
    });
    return answer;
  }
}

/** The nodes of the tree, one after another. */
export function nodesOf(profile: V8HeapProfile | null): V8HeapProfile["head"][] {
  const nodes = profile === null ? [] : [profile.head];
  for (const { children } of nodes) nodes.push(...children);
  return nodes;
}
