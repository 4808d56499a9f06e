/** Signals to profsrv: passed on to the command, and what is done where that does not end it. */
import process from "node:process";
import { isHarmless, type RunningChild } from "../launch/mod.ts";
import type { Milliseconds } from "../units.ts";
import { afterSignal, type Servers } from "./kill_stuck.ts";
import type { OnListen } from "./on_listen.ts";
import { stubbornText } from "./stubborn.ts";

/** What a signal may be for. */
export interface Running {
  child?: RunningChild;
  servers?: Servers;
  onListen?: OnListen | undefined;
  /** Signals that came before, */
  readonly signals: Set<NodeJS.Signals>;
  /** and those of which it was said that the server handles them itself. */
  readonly told: Set<NodeJS.Signals>;
}

/** A signal that reached us is the command's, and that of what else we run. */
export async function pass(signal: NodeJS.Signals, running: Running): Promise<void> {
  const at = performance.now();
  const isFirst = !running.signals.has(signal);
  running.signals.add(signal);
  if (!isFirst) insist(signal, running);
  const isGroup = await running.child?.pass(signal) ?? false;
  running.onListen?.pass(signal, isGroup);
  if (running.servers !== undefined) afterSignal({ signal, isGroup, at }, running.servers);
}

/** What a server does at a signal is known by then, and one that ends by it has ended. */
const SETTLED: Milliseconds = 500;

/** A second Ctrl-C is for a server that does not end: says why, once. */
function insist(signal: NodeJS.Signals, { servers, told }: Running): void {
  if (servers === undefined || signal.startsWith("SIGUSR") || isHarmless(signal)) return;
  setTimeout(() => {
    const text = told.has(signal) ? undefined : stubbornText(signal, servers.serving(), process.platform);
    if (text === undefined) return;
    told.add(signal);
    servers.reporter.notice(text);
  }, SETTLED).unref();
}
