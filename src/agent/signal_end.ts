/** What a signal does to a process that does not listen for it, by platform. */

/** Signals that end a process by default, and that somebody stops servers with (SIGUSR2: nodemon). */
const ENDING = ["SIGHUP", "SIGINT", "SIGQUIT", "SIGTERM", "SIGUSR2", "SIGALRM"] as const;
/** Windows tells what its console does as signals: Ctrl-C, Ctrl-Break, the console is closed. */
const ENDING_WINDOWS = ["SIGHUP", "SIGINT", "SIGBREAK"] as const;

/** STATUS_CONTROL_C_EXIT, as a signed number: what Windows' own handler ends a process with. https://learn.microsoft.com/windows/console/handlerroutine */
const CONTROL_C_EXIT = 0xc000013a | 0;

/** The signals that end a process which does not listen for them. Pure. */
export function endingSignals(platform: string): readonly NodeJS.Signals[] {
  return platform === "win32" ? ENDING_WINDOWS : ENDING;
}

/**
 * How a process ends by such a signal: by sending it to itself, or with a code, without an `exit` event. On Windows a process
 * can send itself no console signal, only end. Pure.
 */
export function endBy(
  signal: string,
  platform: string,
): { readonly signal: string } | { readonly code: number } {
  return platform === "win32" ? { code: CONTROL_C_EXIT } : { signal };
}
