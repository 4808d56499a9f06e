/** The agent is a guest: whatever goes wrong in it stays in it. */

/** Why the agent stopped working right, for the wrapper to report; the first fault is kept. */
let fault: string | undefined;

/** `fn`, but it never throws; the first error is kept for the wrapper. */
export function guarded<Args extends unknown[]>(fn: (...args: Args) => void): (...args: Args) => void {
  return function withoutThrow(...args: Args): void {
    try {
      fn(...args);
    } catch (error) {
      noteFault(error);
    }
  };
}

/** Remembers an error of the agent's own. */
export function noteFault(error: unknown): void {
  fault ??= error instanceof Error ? `${error.name}: ${error.message}` : String(error);
}

/** The fault since the last call. */
export function takeFault(): string | undefined {
  const taken = fault;
  fault = undefined;
  return taken;
}
