/** The always-on sampling profiler, in windows without gaps: the next is begun before the last is ended. */
import type { V8Profile } from "../protocol/messages.ts";
import type { Microseconds } from "../units.ts";
import { ClockOffset, hrtime, now } from "./clock.ts";
import type { EndProfile, ProfileSource, SourceOptions } from "./profile_source.ts";
import { profileSource } from "./source_choice.ts";

/** A window under way. */
interface OpenWindow {
  readonly end: EndProfile;
  /** Readings of our clock before and after it was begun. */
  readonly before: Microseconds;
  readonly after: Microseconds;
}

/** The clocks' offset is known well enough within this, */
const NARROW: Microseconds = 5;
/** or else after so many windows that are turned at the start to learn it. */
const CALIBRATION_TURNS = 3;

export class Sampler {
  /** From the agent's clock to V8's; known when the first window is delivered. */
  readonly offset = new ClockOffset();
  private readonly source: ProfileSource;
  private readonly onWindow: (profile: V8Profile | undefined) => void;
  private window: OpenWindow | undefined;

  /** `onWindow` gets undefined where V8 has lost a window. Throws where this thread has no profiler. */
  constructor(options: SourceOptions, onWindow: (profile: V8Profile | undefined) => void) {
    this.source = profileSource(options);
    this.onWindow = onWindow;
  }

  /**
   * Begins the first window: stops the world for some 20 ms. As its bracket is as wide as that, the offset comes from
   * hrtime, where that is V8's clock (on Node), or from some more windows.
   */
  start(): void {
    for (let i = 0; i < CALIBRATION_TURNS; i++) {
      const before = now();
      const v8At = hrtime();
      this.offset.learn({ v8At, before, after: now() });
    }
    this.window = this.begin();
    for (let i = 0; i < CALIBRATION_TURNS; i++) {
      this.turn();
      if (this.offset.uncertainty <= NARROW) return;
    }
  }

  /** Begins the next window and ends the last. */
  turn(): void {
    const last = this.window;
    this.window = this.begin();
    this.deliver(last);
  }

  /** Whether the application, or Node for it, takes profiles or coverage by the inspector, where that is noticed. */
  get isInspectorShared(): boolean {
    return this.source.isShared ?? false;
  }

  /** Ends the last window, for good. */
  stop(): void {
    const last = this.window;
    this.window = undefined;
    this.deliver(last);
    this.source.close();
  }

  private begin(): OpenWindow {
    const before = now();
    const end = this.source.begin();
    return { end, before, after: now() };
  }

  private deliver(window: OpenWindow | undefined): void {
    if (window === undefined) return;
    const profile = window.end();
    if (profile !== undefined) this.offset.learn({ v8At: profile.startTime, ...window });
    this.onWindow(profile);
  }
}
