/** Notices that a Deno process ends, without anything that the application could see. */
import process from "node:process";
import { contained } from "../contained.ts";
import { mayBeWatching } from "./permissions.ts";
import { deno } from "./runtime.ts";
import type { AgentConfig } from "../../protocol/messages.ts";
import type { SignalWatch } from "../host.ts";
import { intercept } from "./intercept.ts";
import { observe } from "../observed.ts";
import { endBy, endingSignals } from "../signal_end.ts";

/**
 * Calls `flush` when the process has begun to exit. `unload` comes at its natural end and at `Deno.exit`; before, `process.exit`
 * looks `process.emit` up with `process._exiting` set. After an error that nobody caught only the event of that error
 * comes, and then Deno looks whether a listener prevented the end.
 */
export function onEnding(flush: () => void): void {
  const global = globalThis as unknown as {
    addEventListener(type: string, act: (event: Event) => void): void;
  };
  global.addEventListener("unload", flush);
  observe(process, "emit", () => {
    if ((process as { _exiting?: boolean })._exiting) flush();
  });
  const watch = contained((event: Event) => {
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
 * lets the signal end it. `process.on` comes by `Deno.addSignalListener`, too.
 *
 * Not where Deno watches files: before it starts a program anew it calls those who listen for SIGTERM, and says that it waits.
 */
export function onEndingSignals(flush: () => void, config: AgentConfig): SignalWatch {
  const runtime = deno!;
  if (config.isWatching ?? mayBeWatching(runtime)) return { rearm() {}, ending: () => [], disarm() {} };
  const { addSignalListener, removeSignalListener } = runtime;
  /** The application's listeners, by signal. */
  const others = new Map<unknown, Set<unknown>>();
  /** Those that were taken away just now: the signal that one of them takes itself away at (`once`) was heard. */
  const leaving = new Set<unknown>();
  const isHeard = (signal: string) =>
    (others.get(signal)?.size ?? 0) > 0 || process.listenerCount(signal) > 0 || leaving.has(signal);
  /** That the application has listened for, and may still be busy with, even if it listens no more. */
  const handled = new Set<string>();
  const held = new Map<string, () => void>();
  for (const signal of endingSignals(process.platform)) {
    const onSignal = () => {
      if (isHeard(signal)) return void handled.add(signal);
      flush();
      removeSignalListener(signal, onSignal);
      const end = endBy(signal, process.platform);
      if ("signal" in end) process.kill(process.pid, end.signal);
      else (process as unknown as { reallyExit(code: number): void }).reallyExit(end.code);
    };
    try {
      addSignalListener(signal, onSignal);
      held.set(signal, onSignal);
    } catch {
      // This system does not have it.
    }
  }
  intercept(runtime, "addSignalListener", (target, self, args) => {
    const result = Reflect.apply(target, self, args);
    if (!others.has(args[0])) others.set(args[0], new Set());
    others.get(args[0])!.add(args[1]);
    return result;
  });
  intercept(runtime, "removeSignalListener", (target, self, args) => {
    others.get(args[0])?.delete(args[1]);
    // It may be one from before this server. (Deno 2.9 changes its global `queueMicrotask` when somebody looks at it.)
    if (!leaving.has(args[0])) {
      leaving.add(args[0]);
      Promise.resolve().then(() => leaving.delete(args[0]));
    }
    return Reflect.apply(target, self, args);
  });
  return {
    rearm() {},
    ending: () => [...held.keys()].filter((it) => !isHeard(it) && !handled.has(it)),
    disarm: contained(() => {
      for (const [signal, onSignal] of held) removeSignalListener(signal, onSignal);
      held.clear();
    }),
  };
}
