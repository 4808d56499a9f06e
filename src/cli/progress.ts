/** How far a long work has come, in one line of a terminal that is written over. */
import process from "node:process";
import { printable, shortened } from "./printable.ts";

/** Nobody wants to know before this (milliseconds). */
const QUIET_TIME = 1000;
const REPEAT = 100;
const WIDTH = 79;

export interface Progress {
  /** What is being done now; shown only when the work takes long. */
  show(text: string): void;
  /** Takes the line away; before anything else is printed. */
  clear(): void;
}

/** Progress on stderr; none where that is no terminal. */
export function startProgress(): Progress {
  const { stderr } = process;
  if (stderr.isTTY !== true) return { show() {}, clear() {} };
  let shownOn = Date.now() + QUIET_TIME - REPEAT;
  let isShown = false;
  return {
    show(text) {
      if (Date.now() - shownOn < REPEAT) return;
      shownOn = Date.now();
      isShown = true;
      stderr.write(`\r\x1b[K${shortened(printable(text), WIDTH)}`);
    },
    clear() {
      if (isShown) stderr.write("\r\x1b[K");
      isShown = false;
    },
  };
}
