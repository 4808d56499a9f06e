/**
 * The runtime's own functions as they were before the application could replace them (fake timers, mocked file systems).
 */
import { closeSync, existsSync, fstatSync, openSync, readFileSync, writeSync } from "node:fs";
import process from "node:process";
import { setImmediate } from "node:timers";
import { can } from "./capabilities.ts";

const { nodeTiming } = performance as typeof performance & {
  readonly nodeTiming?: {
    readonly idleTime: number;
    readonly uvMetricsInfo?: { readonly loopCount: number };
  };
};

/** Milliseconds for which the event loop has waited so far. https://nodejs.org/api/perf_hooks.html#performancenodetimingidletime */
function idleTime(): number {
  return nodeTiming?.idleTime ?? 0;
}

/** Iterations of the event loop so far; undefined where they are not told. https://nodejs.org/api/perf_hooks.html#performancenodetiminguvmetricsinfo */
const iteration: () => number | undefined = can.tellIterations.probe()
  ? () => nodeTiming!.uvMetricsInfo!.loopCount
  : () => undefined;

export const original = {
  iteration,
  /** Whether `idleTime` says something: on Node. */
  tellsSleep: can.tellSleep.probe(),
  idleTime,
  now: performance.now.bind(performance),
  epochNow: Date.now,
  hrtime: process.hrtime.bigint,
  cpuUsage: process.cpuUsage,
  nextTick: process.nextTick,
  setImmediate,
  setInterval,
  setTimeout,
  clearInterval,
  openSync,
  writeSync,
  closeSync,
  existsSync,
  fstatSync,
  readFileSync,
  /** V8 has an option that takes it away. */
  SharedArrayBuffer: globalThis.SharedArrayBuffer as SharedArrayBufferConstructor | undefined,
  then: Promise.prototype.then,
  resolved: Promise.resolve(),
  stringify: JSON.stringify,
  parse: JSON.parse,
};
