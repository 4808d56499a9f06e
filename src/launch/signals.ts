/** Signals to profsrv: they are the command's. */
import process from "node:process";

/** Signals that end a process by default and that people and supervisors send on purpose. */
export const RELAYED = ["SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT", "SIGUSR1", "SIGUSR2", "SIGALRM"] as const;
/** Signals that do nothing to a process which does not listen for them. */
export const HARMLESS = ["SIGWINCH", "SIGCONT"] as const;
/** On Windows the console tells every process of it by itself. */
const HELD_WINDOWS = ["SIGINT", "SIGHUP", "SIGBREAK"] as const;

/** Signals that a terminal and its shell send: to the foreground process group. */
const FROM_TERMINALS: readonly string[] = ["SIGINT", "SIGQUIT", ...HARMLESS];

/** The signals that are the command's, and must not end us. Pure. */
export function signalsToHold(platform: string): readonly NodeJS.Signals[] {
  return platform === "win32" ? HELD_WINDOWS : [...RELAYED, ...HARMLESS];
}

/** Whether a signal asks nobody to end, or to do more than it does. Pure. */
export function isHarmless(signal: string): boolean {
  return HARMLESS.some((it) => it === signal);
}

/** Keeps signals from ending us; each is told to `onSignal`. Gives back how to let go of them. */
export function holdSignals(onSignal: (signal: NodeJS.Signals) => void): () => void {
  const held = signalsToHold(process.platform);
  const kept: NodeJS.Signals[] = [];
  for (const signal of held) {
    try {
      process.on(signal, onSignal);
      kept.push(signal);
    } catch {
      // This runtime cannot watch it; it then ends us as it would anyway.
    }
  }
  return () => {
    for (const signal of kept) process.removeListener(signal, onSignal);
  };
}

/** What is known about a signal. */
export interface SignalFacts {
  readonly signal: string;
  readonly platform: string;
  /** Whether our process group got it as a whole; undefined when nobody can tell. */
  readonly group: boolean | undefined;
  /** Whether we stand at a terminal. */
  readonly terminal: boolean;
}

/** Whether the command has to get a signal from us, because nobody else gave it. Pure. */
export function mustForward({ signal, platform, group, terminal }: SignalFacts): boolean {
  if (platform === "win32") return false;
  if (group !== undefined) return !group;
  return !(terminal && FROM_TERMINALS.includes(signal));
}
