/**
 * The runtime's own functions as they were before the application could replace them (fake timers, mocked file systems).
 */
import { closeSync, existsSync, fstatSync, openSync, readFileSync, writeSync } from "node:fs";
import process from "node:process";

const { nodeTiming } = performance as typeof performance & {
  readonly nodeTiming: { readonly idleTime: number };
};

/** Milliseconds for which the event loop has waited so far. https://nodejs.org/api/perf_hooks.html#performancenodetimingidletime */
function idleTime(): number {
  return nodeTiming.idleTime;
}

export const original = {
  idleTime,
  now: performance.now.bind(performance),
  epochNow: Date.now,
  hrtime: process.hrtime.bigint,
  setInterval,
  setTimeout,
  clearInterval,
  openSync,
  writeSync,
  closeSync,
  existsSync,
  fstatSync,
  readFileSync,
  then: Promise.prototype.then,
  resolved: Promise.resolve(),
  stringify: JSON.stringify,
  parse: JSON.parse,
};
