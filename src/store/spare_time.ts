/**
 * Time for what can wait while a server is under load: writing thousands of files takes a core for seconds, which the server and
 * those who ask it need. Where cores are idle there is as much as they have.
 */
import { cpus } from "node:os";
import type { Milliseconds } from "../units.ts";

/** This share of one core there is always, */
const LEAST = 0.05;
/** and of those that are idle all but this much. */
const LEFT_FREE = 0.5;
/** So much may be saved up: a few hundred files are written at once. */
const SAVED: Milliseconds = 100;
/** How often to look what the cores do. */
const LOOK: Milliseconds = 500;

/** Milliseconds for which all cores together have been idle. */
function idleTime(): Milliseconds {
  return cpus().reduce((sum, { times }) => sum + times.idle, 0);
}

export class SpareTime {
  readonly #now: () => Milliseconds;
  readonly #idle: () => Milliseconds;
  #left: Milliseconds = SAVED;
  #share = LEAST;
  #at: Milliseconds;
  #looked: { readonly at: Milliseconds; readonly idle: Milliseconds };

  constructor(now: () => Milliseconds = () => performance.now(), idle: () => Milliseconds = idleTime) {
    this.#now = now;
    this.#idle = idle;
    this.#at = now();
    this.#looked = { at: this.#at, idle: idle() };
  }

  /** Whether there is some. */
  isLeft(): boolean {
    const at = this.#now();
    if (at - this.#looked.at >= LOOK) this.#look(at);
    this.#left = Math.min(SAVED, this.#left + (at - this.#at) * this.#share);
    this.#at = at;
    return this.#left > 0;
  }

  /** Does something, which takes of it. */
  use<T>(act: () => T): T {
    const from = this.#now();
    try {
      return act();
    } finally {
      this.#left -= this.#now() - from;
    }
  }

  #look(at: Milliseconds): void {
    const idle = this.#idle();
    const cores = (idle - this.#looked.idle) / (at - this.#looked.at);
    this.#share = Math.min(1, Math.max(LEAST, cores - LEFT_FREE));
    this.#looked = { at, idle };
  }
}
