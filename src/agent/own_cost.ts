/** What the agent costs the server, measured in passing. */
import type { Cost } from "../protocol/messages.ts";
import type { Microseconds } from "../units.ts";
import type { Execution } from "./execution.ts";
import type { Host } from "./host.ts";
import { now } from "./clock.ts";
import { switchCount } from "./ledger.ts";

/** So few that measuring costs a few microseconds, so many that the clock's steps do not matter. */
const ROUNDS = 16;
/** The least of these counts: in the others the system may have run something else. */
const TRIES = 3;

/** Pauses, and the time that following the current request takes. */
export class OwnCost {
  private startTime: Microseconds = 0;
  private stopTime: Microseconds = 0;
  private turns = 0;
  private turnTime: Microseconds = 0;
  private longestTurn: Microseconds = 0;
  /** How long the event loop stood still for each of the last two windows. */
  private lastTurns: readonly [Microseconds, Microseconds] = [0, 0];
  private noticeTime: Microseconds = 0;
  private notices = 0;
  private switches = 0;
  private readonly host: Pick<Host, "notice">;
  private readonly execution: Pick<Execution, "turns">;
  /** Notices of our own. */
  private measured = 0;

  constructor(host: Pick<Host, "notice">, execution: Pick<Execution, "turns">) {
    this.host = host;
    this.execution = execution;
  }

  /** The profiler was started from `since` until now. */
  startedSince(since: Microseconds): void {
    this.startTime = now() - since;
  }

  /** The profiler was stopped from `since` until now. Called while nobody runs. */
  stoppedSince(since: Microseconds): void {
    this.stopTime = now() - since;
    this.addNotices();
  }

  /** The event loop stood still for a window from `since` until now, where there are windows. Called while nobody runs. */
  pausedSince(since: Microseconds | undefined): void {
    if (since !== undefined) this.paused(now() - since);
    this.addNotices();
  }

  /** The event loop stood still for so long. */
  paused(took: Microseconds): void {
    this.lastTurns = [this.lastTurns[1], took];
    this.turns++;
    this.turnTime += took;
    this.longestTurn = Math.max(this.longestTurn, took);
  }

  /** What turning a window costs at present: the less of two, for in one the system may have run something else. */
  priceOfTurn(): Microseconds {
    return Math.min(...this.lastTurns);
  }

  /** As the agent reports it. */
  inMilliseconds(): Omit<Cost, "bytes"> {
    return {
      startTime: this.startTime / 1000,
      stopTime: this.stopTime / 1000,
      turns: this.turns,
      turnTime: this.turnTime / 1000,
      longestTurn: this.longestTurn / 1000,
      notices: this.notices,
      noticeTime: this.noticeTime / 1000,
    };
  }

  /** Prices what was noticed since the last window at what it costs at present. */
  private addNotices(): void {
    const { notice } = this.host;
    let ofNotice = Infinity;
    let ofClock = Infinity;
    for (let tries = 0; tries < TRIES; tries++) {
      const begin = now();
      for (let i = 0; i < ROUNDS; i++) notice();
      const between = now();
      for (let i = 0; i < ROUNDS; i++) now();
      ofNotice = Math.min(ofNotice, (between - begin) / ROUNDS);
      ofClock = Math.min(ofClock, (now() - between) / ROUNDS);
      this.measured += ROUNDS;
    }
    const notices = this.execution.turns - this.measured;
    const switches = switchCount();
    this.noticeTime += (notices - this.notices) * ofNotice + (switches - this.switches) * ofClock;
    this.notices = notices;
    this.switches = switches;
  }
}
