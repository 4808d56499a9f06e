/**
 * The always-on sampling profiler, in windows without gaps.
 *
 * `console.profile` of the inspector's own console shares one V8 profiler among overlapping profiles, so the next
 * window is opened before the last one is closed, and V8 never stops sampling.
 */
import type { Session } from "node:inspector";
import type { V8Profile } from "../protocol/messages.ts";
import type { Microseconds } from "../units.ts";
import { ClockOffset, now } from "./clock.ts";

interface ConsoleProfileFinished {
  readonly params: { readonly title?: string; readonly profile: V8Profile };
}

export class Sampler {
  /** From the agent's clock to V8's; known when the first window is delivered. */
  readonly offset = new ClockOffset();
  private readonly session: Session;
  private readonly console: Console;
  private window = 0;
  /** Readings of our clock before and after each open window was opened, by its number. */
  private readonly brackets = new Map<number, { before: Microseconds; after: Microseconds }>();

  /** Connects to the inspector of this thread; throws where there is none. */
  constructor(inspector: typeof import("node:inspector"), onWindow: (profile: V8Profile) => void) {
    this.session = new inspector.Session();
    // @types/node leaves out that the inspector's console has these two.
    this.console = inspector.console as Console;
    this.session.connect();
    this.session.on("Profiler.consoleProfileFinished", (message: ConsoleProfileFinished) => {
      const bracket = this.brackets.get(numberOf(message.params.title));
      if (bracket === undefined) return;
      this.brackets.delete(numberOf(message.params.title));
      this.offset.learn({ v8At: message.params.profile.startTime, ...bracket });
      onWindow(message.params.profile);
    });
  }

  /**
   * Opens the first window: stops the world for some 20 ms. As its bracket is as wide as that, some more windows are
   * turned at once, to know the clocks' offset before it is needed.
   */
  start(interval: Microseconds): void {
    this.session.post("Profiler.enable");
    this.session.post("Profiler.setSamplingInterval", { interval });
    this.openWindow();
    for (let i = 0; i < CALIBRATION_TURNS; i++) this.turn();
  }

  /** Opens the next window and closes the last. */
  turn(): void {
    const last = this.window;
    this.openWindow();
    this.console.profileEnd(titleOf(last));
  }

  /** Closes the last window and disconnects. */
  stop(): void {
    this.console.profileEnd(titleOf(this.window));
    this.session.disconnect();
  }

  private openWindow(): void {
    this.window++;
    const before = now();
    this.console.profile(titleOf(this.window));
    this.brackets.set(this.window, { before, after: now() });
  }
}

const CALIBRATION_TURNS = 3;
const TITLE = "profsrv ";

function titleOf(window: number): string {
  return TITLE + window;
}

function numberOf(title: string | undefined): number {
  return title?.startsWith(TITLE) ? Number(title.slice(TITLE.length)) : NaN;
}
