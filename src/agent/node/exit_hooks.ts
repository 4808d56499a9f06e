/**
 * Notices that the process ends, without a listener that the application could see or that would change how it ends.
 */
import * as channels from "node:diagnostics_channel";
import process from "node:process";
import { guarded } from "../guarded.ts";
import type { SignalWatch } from "../host.ts";
import { observe } from "../observed.ts";
import { isDeadly, isMortal, onOwnEnd } from "../own_end.ts";
import { endBy, endingSignals } from "../signal_end.ts";
import { numberOf, SignalHandles } from "./signal_handles.ts";

/** Node's own, before the application could replace them. */
const { _kill: kill, reallyExit } = process as unknown as {
  _kill(pid: number, signum: number): number;
  reallyExit(code: number): void;
};

export class ExitHooks {
  private flush = () => {};
  private readonly signals = SignalHandles.find();

  /** Starts to look for ends, before the application takes functions of `process` away. */
  constructor() {
    const { signals } = this;
    // Another thread does not know what the process listens for.
    const isHeard = signals === undefined ? () => true : (signum: number) => signals.isListenedFor(signum);
    onOwnEnd({
      beforeEnd: guarded(() => this.flush()),
      beforeKill: guarded((pid, signum) => {
        if (!isDeadly(pid, signum, isHeard)) return;
        this.flush();
        signals?.release(signum);
      }),
    }, signals !== undefined);
  }

  /**
   * Calls `flush` when the process has begun to end by itself. At its natural end, at `process.exit` and after an uncaught error
   * alike, Node looks `process.emit` up to emit `exit` with `process._exiting` set, before any listener runs. `process` has it from its
   * prototypes, until somebody assigns another to it.
   */
  onEnding(flush: () => void): void {
    this.flush = flush;
    const found = () => {
      if ((process as { _exiting?: boolean })._exiting) flush();
    };
    const observeOwn = () => void (Object.hasOwn(process, "emit") && observe(process, "emit", found));
    observeOwn();
    observe(Object.getPrototypeOf(process) as object, "emit", found, { onAssign: observeOwn });
    // https://nodejs.org/api/diagnostics_channel.html#event-execve
    channels.subscribe("process.execve", flush);
  }

  /**
   * Calls `flush` when a signal is about to end the process because the application does not listen for it, and then
   * lets the signal do what it would have done.
   */
  onEndingSignals(flush: () => void): SignalWatch {
    const { signals } = this;
    if (signals === undefined || !isMortal) return { ending: () => [], disarm() {} };
    const held = endingSignals(process.platform).filter((signal) =>
      signals.hold(numberOf(signal)!, (signum) => {
        flush();
        signals.release(signum);
        const end = endBy(signal, process.platform);
        if ("signal" in end) kill(process.pid, signum);
        else reallyExit(end.code);
      })
    );
    return {
      ending: () => held.filter((it) => !signals.isListenedFor(numberOf(it)!)),
      disarm: guarded(() => held.splice(0).forEach((it) => signals.release(numberOf(it)!))),
    };
  }
}
