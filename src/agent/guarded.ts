/** The agent is a guest: whatever goes wrong in it stays in it. */

/** What the wrapper is to report, each once in a message: why the agent does not work right, or what a user must know. */
const faults = new Set<string>();
const MOST_FAULTS = 8;

/** `fn`, but it never throws; the error is kept for the wrapper. */
export function guarded<Args extends unknown[]>(fn: (...args: Args) => void): (...args: Args) => void {
  return function withoutThrow(...args: Args): void {
    try {
      fn(...args);
    } catch (error) {
      noteFault(error);
    }
  };
}

/** What the runtime's or the application's objects say; `otherwise` where they throw. */
export function asked<T>(ask: () => T, otherwise: T): T {
  try {
    return ask();
  } catch (error) {
    noteFault(error);
    return otherwise;
  }
}

/** Remembers an error of the agent's own, or a sentence. */
export function noteFault(error: unknown): void {
  if (faults.size === MOST_FAULTS) return;
  faults.add(error instanceof Error ? `${error.name}: ${error.message}` : String(error));
}

/** What was noted since the last call. */
export function takeFaults(): string[] {
  const taken = [...faults];
  faults.clear();
  return taken;
}
