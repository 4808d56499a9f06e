/** What profsrv itself says: to stderr, never to the command's stdout. */
import process from "node:process";
import { type Paint, paintFor } from "./colours.ts";
import { printable } from "./printable.ts";

/** Speaks to the person at the terminal. */
export interface Reporter {
  readonly paint: Paint;
  /** Columns of the terminal now; undefined where it is none. */
  width(): number | undefined;
  /** Text that is fit for a terminal already, without its line break. */
  say(text: string): void;
  /** One sentence about what is going on. */
  notice(text: string): void;
  /** One sentence about what failed; said even when quiet. With PROFSRV_DEBUG the stack of its cause follows. */
  error(text: string, cause?: unknown): void;
}

/** Reports on stderr. A terminal that is gone is no reason to fail. */
export function reporterOnStderr(quiet: boolean): Reporter {
  const { stderr } = process;
  if (stderr.listenerCount("error") === 0) stderr.on("error", () => {});
  const paint = paintFor(stderr.isTTY === true, process.env);
  const write = (text: string) => {
    try {
      stderr.write(`${text}\n`);
    } catch {
      // Closed: nobody reads it.
    }
  };
  return {
    paint,
    width: () => stderr.isTTY === true ? stderr.columns || undefined : undefined,
    say: (text) => quiet || write(text),
    notice: (text) => quiet || write(`profsrv: ${printable(text)}`),
    error(text, cause) {
      const sentence = cause === undefined ? text : `${text}: ${messageOf(cause)}`;
      write(paint("red", `profsrv: ${printable(sentence)}`));
      if (process.env["PROFSRV_DEBUG"] && cause instanceof Error && cause.stack !== undefined) {
        for (const line of cause.stack.split("\n")) write(printable(line));
      }
    },
  };
}

function messageOf(cause: unknown): string {
  return cause instanceof Error ? cause.message.split("\n")[0] || cause.name : String(cause);
}
