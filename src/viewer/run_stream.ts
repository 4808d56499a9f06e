/** Tells browsers of the run as it changes: server-sent events. https://html.spec.whatwg.org/multipage/server-sent-events.html */
import type { ServerResponse } from "node:http";
import type { Milliseconds } from "../units.ts";
import type { Answers } from "./answers.ts";

/** How often the server looks for changes of the run while a page listens, */
const LOOK: Milliseconds = 40;
/** and the shortest time between two messages about them. */
const TELL: Milliseconds = 100;
/** So often a connection is said to be alive. */
const ALIVE: Milliseconds = 15_000;

export class RunStream {
  readonly #answers: Answers;
  readonly #onFailure: (error: unknown) => void;
  /** With the version that each was told last. */
  readonly #listeners = new Map<ServerResponse, number>();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #toldAt = 0;
  /** When a change was told last. */
  #changedAt = -Infinity;

  constructor(answers: Answers, onFailure: (error: unknown) => void) {
    this.#answers = answers;
    this.#onFailure = onFailure;
  }

  /** Answers with the run now, and whenever it changes. */
  add(response: ServerResponse): void {
    this.#listeners.set(response, -1);
    response.on("close", () => this.#listeners.delete(response));
    response.flushHeaders();
    this.#tell();
    this.#timer ??= setTimeout(() => this.#look(), 0);
  }

  /** Tells what has changed until now, and ends. */
  async end(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#listeners.size > 0) await this.#answers.run.read().catch(this.#onFailure);
    this.#tell();
    for (const response of this.#listeners.keys()) response.end();
    this.#listeners.clear();
  }

  async #look(): Promise<void> {
    const { run } = this.#answers;
    // The first look at a large run takes seconds: the page gets what has been read so far.
    const reading = run.read().catch(this.#onFailure);
    while (!await isOver(reading, LOOK)) this.#tellIfDue();
    this.#tellIfDue();
    if (this.#timer === undefined) return;
    const isWanted = this.#listeners.size > 0;
    this.#timer = isWanted ? setTimeout(() => this.#look(), LOOK) : undefined;
  }

  #tellIfDue(): void {
    if (performance.now() - this.#changedAt >= TELL) this.#tell();
  }

  #tell(): void {
    const now = performance.now();
    const isDue = now - this.#toldAt > ALIVE;
    const { version } = this.#answers;
    // Who does not read what it was told, as a browser that sleeps, is told no more until it does: nothing piles up here.
    const awake = [...this.#listeners].filter(([{ writableNeedDrain }]) => !writableNeedDrain);
    const late = awake.filter(([, told]) => told !== version).map(([response]) => response);
    if (late.length > 0) this.#changedAt = now;
    const text = late.length === 0 ? "" : `data: ${JSON.stringify(this.#answers.runNow())}\n\n`;
    for (const response of late) {
      this.#listeners.set(response, version);
      response.write(text);
    }
    if (isDue) { for (const [response] of awake) response.write(": alive\n\n"); }
    if (isDue) this.#toldAt = now;
  }
}

/** Waits for so long at most; whether it is over. */
async function isOver(promise: Promise<void>, time: Milliseconds): Promise<boolean> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<boolean>((resolve) => timer = setTimeout(resolve, time, false));
  const over = await Promise.race([promise.then(() => true), late]);
  clearTimeout(timer);
  return over;
}
