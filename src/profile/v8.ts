/**
 * V8's profiles as the inspector protocol gives them. Types only.
 *
 * https://chromedevtools.github.io/devtools-protocol/v8/Profiler/#type-Profile
 * https://chromedevtools.github.io/devtools-protocol/v8/HeapProfiler/#type-SamplingHeapProfile
 */
export interface V8CallFrame {
  readonly functionName: string;
  readonly scriptId: string;
  readonly url: string;
  /** 0-based; -1 if unknown. */
  readonly lineNumber: number;
  /** 0-based; -1 if unknown. */
  readonly columnNumber: number;
}

export interface V8ProfileNode {
  readonly id: number;
  readonly callFrame: V8CallFrame;
  readonly hitCount?: number;
  readonly children?: readonly number[];
}

export interface V8Profile {
  readonly nodes: readonly V8ProfileNode[];
  /** Microseconds of V8's monotonic clock. */
  readonly startTime: number;
  readonly endTime: number;
  /** Ids of the top nodes. */
  readonly samples?: readonly number[];
  /** Microseconds between adjacent samples; the first counts from `startTime`. */
  readonly timeDeltas?: readonly number[];
}

export interface V8HeapNode {
  readonly callFrame: V8CallFrame;
  /** Bytes that its own samples stand for. */
  readonly selfSize: number;
  readonly id: number;
  readonly children: readonly V8HeapNode[];
}

export interface V8HeapSample {
  /** Bytes that it stands for. */
  readonly size: number;
  readonly nodeId: number;
  /** Grows with the time at which it was taken. */
  readonly ordinal: number;
}

/** What was allocated between the start and the stop of V8's sampling heap profiler. */
export interface V8HeapProfile {
  readonly head: V8HeapNode;
  readonly samples?: readonly V8HeapSample[];
}
