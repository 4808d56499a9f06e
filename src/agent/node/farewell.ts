/**
 * Notices that the process ends, without a listener that the application could see or that would change how it ends.
 */
import process from "node:process";
import { contained } from "../contained.ts";
import type { SignalWatch } from "../host.ts";
import { original } from "../originals.ts";
import { observe } from "../observed.ts";
import { endBy, endingSignals } from "../signal_end.ts";

type SignalStarter = (signal: string) => void;

/** Catches signals again soon. */
let rearming: NodeJS.Timeout | undefined;

let emitInstead: ((signal: NodeJS.Signals) => void) | undefined;

/**
 * Calls `flush` when the process has begun to exit: at its natural end, at `process.exit` and after an uncaught error
 * alike, Node looks `process.emit` up to emit `exit` with `process._exiting` set, before any listener runs.
 */
export function onEnding(flush: () => void): void {
  observe(process, "emit", () => {
    if ((process as { _exiting?: boolean })._exiting) flush();
    else rearming?.refresh();
  }, { substitute: () => emitInstead });
}

/**
 * Calls `flush` when a signal is about to end the process because the application does not listen for it, and then
 * lets the signal do what it would have done.
 *
 * Node starts to catch a signal when the first listener is added, through its own `newListener` listener
 * (lib/internal/process/signal.js, unchanged from 18 to 26); calling just that catches the signal without a listener.
 * What it binds as the signal's handler is `process.emit` as it finds it at that moment. A listener of the
 * application's added later shares the handler, and the runtime's own `stopListeningIfSignal` takes it away again when the
 * last listener goes: `rearm` puts it back, at once, for that is told by `process.emit`, too.
 */
export function onEndingSignals(flush: () => void): SignalWatch {
  const startCatching = internalListener("newListener", "startListeningIfSignal");
  const stopCatching = internalListener("removeListener", "stopListeningIfSignal");
  const all = endingSignals(process.platform);
  /** That the application has listened for, and may still be busy with, even if it listens no more. */
  const heard = new Set<string>();

  function onSignal(signal: NodeJS.Signals, ...rest: unknown[]): void {
    if (process.listenerCount(signal) > 0) {
      heard.add(signal);
      Reflect.apply(process.emit, process, [signal, ...rest]);
      return;
    }
    flush();
    stopCatching?.(signal);
    const end = endBy(signal, process.platform);
    if ("signal" in end) process.kill(process.pid, end.signal);
    else (process as unknown as { reallyExit(code: number): void }).reallyExit(end.code);
  }

  const rearm = contained(function rearm(): void {
    if (startCatching === undefined || stopCatching === undefined) return;
    emitInstead = onSignal;
    try {
      for (const signal of all) if (process.listenerCount(signal) === 0) startCatching(signal);
    } finally {
      emitInstead = undefined;
    }
  });
  rearm();
  rearming = original.setTimeout(rearm, 0);
  rearming.unref();
  const isHeld = startCatching !== undefined && stopCatching !== undefined;
  const unheard = () => isHeld ? all.filter((it) => process.listenerCount(it) === 0) : [];
  const ending = () => unheard().filter((it) => !heard.has(it));
  const disarm = contained(() => unheard().forEach((it) => stopCatching?.(it)));
  return { rearm, ending, disarm };
}

function internalListener(event: "newListener" | "removeListener", name: string): SignalStarter | undefined {
  return process.listeners(event as "exit").find((it) => it.name === name) as SignalStarter | undefined;
}
