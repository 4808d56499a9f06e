/** Notices that a Deno process ends, without anything that the application could see. */
import { constants } from "node:os";
import process from "node:process";
import { can } from "../capabilities.ts";
import { guarded } from "../guarded.ts";
import { mayBeWatching } from "./permissions.ts";
import type { DenoNamespace } from "./runtime.ts";
import type { AgentConfig } from "../../protocol/messages.ts";
import type { SignalWatch } from "../host.ts";
import { intercept } from "../intercept.ts";
import { observe } from "../observed.ts";
import { isDeadly, isMortal, onOwnEnd } from "../own_end.ts";
import { endBy, endingSignals } from "../signal_end.ts";

/** The runtime's own, before this module or the application could replace them. */
const { _kill: kill, reallyExit } = process as unknown as {
  _kill(pid: number, signum: number): number;
  reallyExit(code: number): void;
};

const signals = constants.signals as Readonly<Record<string, number>>;

/** Milliseconds that Deno may take to end by a signal, */
const LONGEST_END = 1000;
/** and the wrapper, which reads first what there is, to send it. */
const LONGEST_RAISE = 3000;

/** Another thread of Deno's, or the wrapper, is about to end the process; until then no code may run. */
function waitForEnd(longest: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, longest);
}

export class ExitHooks {
  private readonly runtime: DenoNamespace;
  /** The runtime's own, before the application could replace them. */
  private readonly addSignalListener: DenoNamespace["addSignalListener"];
  private readonly removeSignalListener: DenoNamespace["removeSignalListener"];
  private flush = () => {};
  /** The application's listeners by `Deno.addSignalListener`, by signal; `process.on` comes by it, too. */
  private readonly listeners = new Map<unknown, Set<unknown>>();
  /** Those signals whose listener was taken away just now: one that takes itself away (`once`) has heard it. */
  private readonly leaving = new Set<unknown>();
  /** The agent's own listeners. */
  private readonly held = new Map<string, () => void>();

  /** Starts to look for ends, before the application takes functions of the runtime's away. */
  constructor(runtime: DenoNamespace) {
    this.runtime = runtime;
    this.addSignalListener = runtime.addSignalListener;
    this.removeSignalListener = runtime.removeSignalListener;
    this.watchListeners();
    const beforeKill = guarded((pid: unknown, signum: unknown) => this.beforeKill(pid, signum));
    onOwnEnd({ beforeKill, beforeEnd: guarded(() => this.flush()) });
    intercept(runtime, "kill", (target, self, args) => {
      beforeKill(args[0], signals[String(args[1] ?? "SIGTERM")] ?? args[1]);
      return Reflect.apply(target, self, args);
    });
  }

  /**
   * Calls `flush` when the process has begun to exit. `unload` comes at its natural end and at `Deno.exit`; before, `process.exit`
   * looks `process.emit` up with `process._exiting` set. After an error that nobody caught only the event of that error
   * comes, and then Deno looks whether a listener prevented the end.
   */
  onEnding(flush: () => void): void {
    this.flush = flush;
    const global = globalThis as unknown as {
      addEventListener(type: string, act: (event: Event) => void): void;
    };
    global.addEventListener("unload", flush);
    observe(process, "emit", () => {
      if ((process as { _exiting?: boolean })._exiting) flush();
    });
    const watch = guarded((event: Event) => {
      const inherited = Object.getOwnPropertyDescriptor(Event.prototype, "defaultPrevented");
      Object.defineProperty(event, "defaultPrevented", {
        configurable: true,
        get() {
          const isPrevented = inherited?.get?.call(this) === true;
          if (!isPrevented) flush();
          return isPrevented;
        },
      });
    });
    global.addEventListener("error", watch);
    global.addEventListener("unhandledrejection", watch);
  }

  /**
   * Calls `flush` when a signal is about to end the process because the application does not listen for it, and then
   * lets the signal end it.
   *
   * Not where Deno watches files: before it starts a program anew it calls those who listen for SIGTERM, and says that it waits.
   */
  onEndingSignals(flush: (raise?: string) => void, config: AgentConfig): SignalWatch {
    if (config.isWatching ?? mayBeWatching(this.runtime)) return { ending: () => [], disarm() {} };
    const { held, leaving } = this;
    /** That the application has listened for, and may still be busy with, even if it listens no more. */
    const handled = new Set<string>();
    for (const signal of isMortal ? endingSignals(process.platform) : []) {
      const onSignal = () => {
        if (this.isListenedFor(signal) || leaving.has(signal)) return void handled.add(signal);
        const end = endBy(signal, process.platform);
        const isForUs = !("signal" in end) || this.maySignal(process.pid);
        flush(isForUs ? undefined : signal);
        this.release(signal);
        if (!("signal" in end)) reallyExit(end.code);
        else if (isForUs) kill(process.pid, constants.signals[signal]);
        else {
          waitForEnd(LONGEST_RAISE);
          // Nobody has sent it: the code by which shells tell of it.
          reallyExit(128 + constants.signals[signal]);
        }
      };
      try {
        (0, this.addSignalListener)(signal, onSignal);
        held.set(signal, onSignal);
      } catch {
        // This system does not have it.
      }
    }
    const isEnding = (signal: string) =>
      !this.isListenedFor(signal) && !leaving.has(signal) && !handled.has(signal);
    return {
      ending: () => [...held.keys()].filter(isEnding),
      disarm: guarded(() => [...held.keys()].forEach((it) => this.release(it))),
    };
  }

  private watchListeners(): void {
    const { runtime, listeners, leaving } = this;
    intercept(runtime, "addSignalListener", (target, self, args) => {
      const result = Reflect.apply(target, self, args);
      if (!listeners.has(args[0])) listeners.set(args[0], new Set());
      listeners.get(args[0])!.add(args[1]);
      return result;
    });
    intercept(runtime, "removeSignalListener", (target, self, args) => {
      listeners.get(args[0])?.delete(args[1]);
      // Deno 2.9 changes its global `queueMicrotask` when somebody looks at it.
      if (!leaving.has(args[0])) {
        leaving.add(args[0]);
        Promise.resolve().then(() => leaving.delete(args[0]));
      }
      return Reflect.apply(target, self, args);
    });
  }

  private isListenedFor(signal: string): boolean {
    return (this.listeners.get(signal)?.size ?? 0) > 0 || process.listenerCount(signal) > 0;
  }

  private beforeKill(pid: unknown, signum: unknown): void {
    if (!this.maySignal(pid)) return;
    const signal = Object.keys(signals).find((it) => signals[it] === signum) ?? "";
    if (!isDeadly(pid, signum, () => this.isListenedFor(signal))) return;
    this.flush();
    if (!this.held.has(signal)) return;
    this.release(signal);
    // Deno has caught it.
    kill(Number(pid), signum);
    waitForEnd(LONGEST_END);
  }

  /** Whether Deno lets this process send a signal to another one, or to itself. */
  private maySignal(pid: unknown): boolean {
    if (can.signalItself.probe() && Number(pid) === process.pid) return true;
    try {
      return this.runtime.permissions.querySync({ name: "run" }).state === "granted";
    } catch {
      // The application may have replaced it.
      return false;
    }
  }

  /** The signal does again what it would do without the agent. */
  private release(signal: string): void {
    const onSignal = this.held.get(signal);
    this.held.delete(signal);
    if (onSignal !== undefined) (0, this.removeSignalListener)(signal, onSignal);
  }
}
