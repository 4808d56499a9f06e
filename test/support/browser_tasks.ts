/** The tasks of a page's main thread: how long each took, and how much of that the thread had the processor. */
import type { Browser, CDPSession } from "playwright-core";

/** Milliseconds. Without other work on the machine both are about the same. */
export interface Task {
  readonly time: number;
  readonly cpu: number;
}

/** https://docs.google.com/document/d/1CvAClvFfyA5R-PhYUmn5OOQtYMH4h6I0nSsKchNAySU: times in microseconds. */
interface TraceEvent {
  readonly name: string;
  readonly ph: string;
  readonly pid: number;
  readonly tid: number;
  readonly ts: number;
  readonly dur?: number;
  readonly tdur?: number;
}

export class BrowserTasks {
  readonly #session: CDPSession;
  #events: TraceEvent[] = [];

  private constructor(session: CDPSession) {
    this.#session = session;
    session.on(
      "Tracing.dataCollected",
      ({ value }) => this.#events.push(...value as unknown as TraceEvent[]),
    );
  }

  static async of(browser: Browser): Promise<BrowserTasks> {
    return new BrowserTasks(await browser.newBrowserCDPSession());
  }

  async start(): Promise<void> {
    this.#events = [];
    await this.#session.send("Tracing.start", {
      transferMode: "ReportEvents",
      traceConfig: { includedCategories: ["toplevel", "devtools.timeline"] },
    });
  }

  /** Those of more than `least` milliseconds since the start. */
  async stop(least: number): Promise<Task[]> {
    const isComplete = new Promise((resolve) => this.#session.once("Tracing.tracingComplete", resolve));
    await this.#session.send("Tracing.end");
    await isComplete;
    const drawn = new Map<string, number>();
    for (const it of this.#events) {
      if (it.name === "UpdateLayoutTree") drawn.set(threadOf(it), (drawn.get(threadOf(it)) ?? 0) + 1);
    }
    const [main] = [...drawn].sort(([, a], [, b]) => b - a)[0] ?? [];
    const own = this.#events.filter((it) => threadOf(it) === main && it.ph === "X");
    let end = 0;
    const outermost = own.sort((a, b) => a.ts - b.ts || (b.dur ?? 0) - (a.dur ?? 0)).filter((it) => {
      if (it.ts < end) return false;
      end = it.ts + (it.dur ?? 0);
      return true;
    });
    return outermost.map(({ dur = 0, tdur = 0 }) => ({ time: dur / 1000, cpu: tdur / 1000 }))
      .filter(({ time }) => time > least);
  }
}

function threadOf({ pid, tid }: TraceEvent): string {
  return `${pid} ${tid}`;
}
