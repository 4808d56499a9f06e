/**
 * V8's CPU profile as the inspector protocol gives it. Types only.
 *
 * https://chromedevtools.github.io/devtools-protocol/v8/Profiler/#type-Profile
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
