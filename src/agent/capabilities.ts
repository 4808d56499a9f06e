/**
 * What the runtimes can do, and since when. Only this file of the agent reads a version, or probes for what only some versions have.
 *
 * The agent believes the probe: options, patches and backports change what a version number promises. It believes the version only
 * where there is nothing to probe. `test/agent/capabilities_test.ts` compares the two on every runtime.
 */
import type * as AsyncHooks from "node:async_hooks";
import { areHooksFatal } from "../protocol/fatal_hooks.ts";
import { symbolOf } from "./hidden_parts.ts";

/** The head of the agent's file loads this, too, on a Node that knows no module by the name of "node:process". */
declare const process: typeof import("node:process");

const { versions } = process;

export const isDeno: boolean = "deno" in versions;

/** The version of Node; under Deno that of the Node which Deno is compatible with. */
export const nodeVersion: string = versions.node;

/** The name and version of the runtime, as in `deno 2.9.6`. */
export const runtimeName: string = isDeno
  ? `deno ${(versions as { deno?: string }).deno}`
  : `node ${nodeVersion}`;

/** Whether the agent can run here: Node 18 and newer. An older one does not even compile it. */
export const isNewEnough: boolean = Number.parseInt(nodeVersion) >= 18;

/** The first release that can do something, of each release line. Lines after the last one can, too; others that are not listed cannot. */
type Since = readonly string[];
const ALWAYS: Since = ["0.0"];
const NEVER = [] as const;

/** What some releases can do. A runtime that is left out is not asked. */
export interface Capability {
  readonly node?: Since;
  readonly deno?: Since;
  /** What is there, or whether it is: nothing or false where this release cannot. */
  probe(...args: never[]): unknown;
}

/** Each row says what it is, and where that was decided, is documented, or is tried out. */
export const can = {
  /** AsyncLocalStorage keeps what it holds in frames, without async hooks; --no-async-context-frame takes that back. https://github.com/nodejs/node/pull/55552 */
  keepContextsInFrames: {
    node: ["24.0"],
    probe: () => !("_enable" in new (asyncHooks().AsyncLocalStorage)()),
  },
  /** Async hooks can leave promises alone; this symbol is what createHook's trackPromises sets, which is younger. https://github.com/nodejs/node/pull/57148 https://github.com/nodejs/node/pull/61415 */
  leaveOutPromises: {
    node: ["22.15", "24.0"],
    probe: () => symbolOf(asyncHooks().createHook({}), "kNoPromiseHook"),
  },
  /** A hook that finds no room on the stack throws into what it interrupted (CVE-2025-59466); before, it ended the process. https://nodejs.org/en/blog/vulnerability/january-2026-dos-mitigation-async-hooks */
  surviveHooksWithoutStack: {
    node: ["20.20", "22.22", "24.0"],
    // To try it out would end the process.
    probe: () => !areHooksFatal(nodeVersion),
  },
  /** v8.startCpuProfile takes profiles that no client of the inspector hears of. https://github.com/nodejs/node/pull/59807 */
  startCpuProfile: {
    node: ["24.12"],
    deno: NEVER,
    probe: () => "startCpuProfile" in v8(),
  },
  /** v8.startCpuProfile takes a sampling interval, in whole milliseconds. https://github.com/nodejs/node/pull/62684 */
  chooseInterval: {
    node: ["26.0"],
    deno: NEVER,
    probe: () => (v8() as { startCpuProfile?: { readonly length: number } }).startCpuProfile?.length === 1,
  },
  /** v8.startHeapProfile takes options, and collects no garbage when it ends, as the inspector does. https://nodejs.org/api/v8.html#v8startheapprofileoptions */
  startHeapProfile: {
    node: ["26.0"],
    deno: NEVER,
    probe: () => (v8() as { startHeapProfile?: { readonly length: number } }).startHeapProfile?.length === 1,
  },
  /** Heap samples carry what the async context says, which no release has yet: then requests need not be served one by one. https://github.com/nodejs/node/pulls?q=withHeapProfileLabels */
  labelHeapSamples: {
    node: NEVER,
    deno: NEVER,
    probe: () => "withHeapProfileLabels" in v8(),
  },
  /** The sampling heap profiler remembers what has been collected. Nothing tells that: V8 takes the flags and forgets them. https://chromium-review.googlesource.com/c/v8/v8/+/3687863 */
  rememberCollected: {
    node: ["20.0"],
    deno: ALWAYS,
    probe: () => Number.parseInt(versions.v8 ?? "") > 10,
  },
  /** performance.nodeTiming.idleTime says for how long the event loop has slept. https://nodejs.org/api/perf_hooks.html#performancenodetimingidletime */
  tellSleep: {
    node: ALWAYS,
    deno: NEVER,
    probe: () => nodeTiming()?.idleTime !== undefined,
  },
  /** performance.nodeTiming.uvMetricsInfo counts the iterations of the event loop. https://github.com/nodejs/node/pull/54413 */
  tellIterations: {
    node: ["20.18", "22.8"],
    deno: NEVER,
    probe: () => nodeTiming()?.uvMetricsInfo !== undefined,
  },
  /** Node can keep compiled code on disk, and says where. https://nodejs.org/api/module.html#modulegetcompilecachedir */
  keepCompiled: {
    node: ["22.1"],
    probe: () => (require("node:module") as { getCompileCacheDir?(): string | undefined }).getCompileCacheDir,
  },
  /** Deno's core is reachable, with the context that V8 carries along. https://github.com/denoland/deno/pull/15475 */
  reachCore: {
    deno: ["2.5"],
    probe: (deno: HasInternals) => internalsOf(deno)?.core,
  },
  /** Async hooks hear of timers, and of ticks in their own context. https://github.com/denoland/deno/pull/33355 */
  tellTimers: {
    deno: ["2.7"],
    probe: (deno: HasInternals) => "setAsyncHooksEmit" in (internalsOf(deno)?.core ?? {}),
  },
  /** Async hooks hear of AsyncResource.runInAsyncScope. test/apps/deno_callbacks.mjs */
  tellResources: {
    deno: ["2.9"],
    probe: hearsOfResources,
  },
  /** node:http is Node's own code: it puts headers together line by line, and a response is no plain stream. test/agent/capabilities_test.ts */
  runNodesHttp: {
    deno: ["2.7"],
    probe: () =>
      "_addHeaderLine" in (require("node:http") as typeof import("node:http")).IncomingMessage.prototype,
  },
  /** A process may send itself a signal without --allow-run. test/e2e/deno_signals_test.ts */
  signalItself: {
    deno: ["2.9"],
    // To try it out might ask the user for the permission.
    probe: () => isAtLeast((versions as { deno?: string }).deno ?? "", 2, 9),
  },
  /** Deno.serve closes what stands behind a Request when it lets go of it. test/agent/capabilities_test.ts */
  tellClosing: {
    deno: ["2.5"],
    probe: (inner: InnerRequest) => typeof inner.close === "function",
  },
  /** What stands behind a Request finds one header without making a list of all. test/agent/capabilities_test.ts */
  lookUpHeader: {
    deno: ["2.9"],
    probe: (inner: InnerRequest) => typeof inner.header === "function",
  },
  /** Deno prints a warning where somebody asked to be called when a client leaves, and an answer follows. https://github.com/denoland/deno/pull/34397 */
  warnOfAbort: {
    deno: ["2.9"],
    probe: (inner: InnerRequest) => String(inner.onCancel).includes("#signalAccessed"),
  },
} satisfies Record<string, Capability>;

/** The parts of Deno that are asked, none of them in its documentation. */
interface HasInternals {
  readonly internal: symbol;
}
interface InnerRequest {
  readonly close?: unknown;
  readonly header?: unknown;
  readonly onCancel?: unknown;
}

function internalsOf(deno: HasInternals): { readonly core?: object } | undefined {
  return (deno as unknown as Record<symbol, { core?: object } | undefined>)[deno.internal];
}

function isAtLeast(version: string, major: number, minor: number): boolean {
  const [first = 0, second = 0] = version.split(".").map(Number);
  return first > major || (first === major && second >= minor);
}

function hearsOfResources(): boolean {
  const { AsyncResource, createHook } = asyncHooks();
  let hears = false;
  const hook = createHook({ before: () => hears = true }).enable();
  new AsyncResource("profsrv").runInAsyncScope(() => {});
  hook.disable();
  return hears;
}

/** `idleTime` and `uvMetricsInfo` are missing where Node does not tell them, and under Deno. */
function nodeTiming(): { readonly idleTime?: number; readonly uvMetricsInfo?: unknown } | undefined {
  return (performance as { nodeTiming?: object }).nodeTiming;
}

// What only some processes need is loaded when it is.
function asyncHooks(): typeof AsyncHooks {
  return require("node:async_hooks");
}

function v8(): object {
  return require("node:v8");
}
