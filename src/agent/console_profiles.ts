/**
 * Profiles of the inspector's console. V8 gives each to every client that has its profiler on, which all share in what
 * that costs; for the one client that the agent is they share one sampling thread.
 */
import type * as Inspector from "node:inspector";
import type { V8Profile } from "../protocol/messages.ts";
import { guarded } from "./guarded.ts";
import type { Microseconds } from "../units.ts";
import type { EndProfile, SourceOptions } from "./profile_source.ts";

interface Started {
  readonly params: { readonly id: string; readonly title?: string };
}
interface Finished {
  readonly params: { readonly title?: string; readonly profile: V8Profile };
}

const TITLE = "profsrv ";
/** How often to ask whether somebody else listens: another thread may have taken a number in between. */
const TRIES = 3;

export class ConsoleProfiles {
  private readonly session: Inspector.Session;
  private readonly console: Console;
  private readonly interval: Microseconds;
  private number = 0;
  /** V8 numbers the profiles of all clients and threads in one row: the last of ours. */
  private lastId = NaN;
  /** The title of the profile that is being ended. */
  private ending: string | undefined;
  private readonly finished = new Map<string, V8Profile>();
  /** Somebody else hears of these profiles, or uses the console's profiles: no more are begun. */
  isShared = false;

  constructor(inspector: typeof Inspector, { interval, onLost }: SourceOptions) {
    this.session = new inspector.Session();
    // @types/node leaves out that the inspector's console has these two.
    this.console = inspector.console as Console;
    this.session.connect();
    this.session.on("Profiler.consoleProfileStarted", ({ params: { id, title } }: Started) => {
      if (isOwn(title)) this.lastId = Number(id);
      else this.isShared = true;
    });
    const onFinished = guarded(({ params: { title, profile } }: Finished) => {
      if (!isOwn(title)) return;
      this.finished.set(title, profile);
      if (this.ending === title) return;
      // `console.profileEnd()` of the application ends what began last, and that was ours.
      this.isShared = true;
      onLost();
    });
    this.session.on("Profiler.consoleProfileFinished", onFinished);
    this.interval = interval;
  }

  /** Begins a profile; undefined where others would hear of it. */
  begin(): EndProfile | undefined {
    if (this.isShared) return undefined;
    if (this.number === 0) this.enable();
    const before = this.lastId;
    const title = this.beginNext();
    if (this.lastId - before !== 1) this.isShared ||= this.isHeard();
    if (!this.isShared) return () => this.end(title);
    this.end(title);
    return undefined;
  }

  disconnect(): void {
    this.session.disconnect();
  }

  /** Not before the first profile: Deno delivers at once only what is posted while somebody waits for it. */
  private enable(): void {
    this.session.post("Profiler.enable");
    this.session.post("Profiler.setSamplingInterval", { interval: this.interval });
  }

  private beginNext(): string {
    const title = TITLE + ++this.number;
    this.console.profile(title);
    return title;
  }

  private end(title: string): V8Profile | undefined {
    this.ending = title;
    if (!this.finished.has(title)) this.console.profileEnd(title);
    this.ending = undefined;
    const profile = this.finished.get(title);
    this.finished.delete(title);
    return profile;
  }

  /** Whether there are other clients with their profiler on: between two profiles of ours each has taken a number. */
  private isHeard(): boolean {
    for (let tries = 0; tries < TRIES; tries++) {
      const before = this.lastId;
      const title = this.beginNext();
      const numbers = this.lastId - before;
      this.end(title);
      if (!(numbers > 1)) return false;
    }
    return true;
  }
}

function isOwn(title: string | undefined): title is string {
  return title !== undefined && title.startsWith(TITLE);
}
