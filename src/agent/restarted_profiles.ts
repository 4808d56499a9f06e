/**
 * Profiles each of which starts V8's profiler anew, for 20 ms and more by what is loaded. No other client of the inspector hears of
 * them, and no `console.profileEnd()` ends them.
 */
import type * as Inspector from "node:inspector";
import type { V8Profile } from "../protocol/messages.ts";
import type { Microseconds } from "../units.ts";
import type { EndProfile } from "./profile_source.ts";

export class RestartedProfiles {
  private readonly inspector: typeof Inspector;
  private readonly interval: Microseconds;
  /** Connected, with nothing under way. They stay connected: V8 ends the coverage of all clients when one leaves. */
  private readonly idle: Inspector.Session[] = [];
  /** The application begins profiles by its console, which would go on in our clients: those must leave. */
  private isDisturbed = false;

  constructor(inspector: typeof Inspector, interval: Microseconds) {
    this.inspector = inspector;
    this.interval = interval;
  }

  begin(): EndProfile {
    const session = this.idle.pop() ?? this.connect();
    session.post("Profiler.start");
    return () => {
      let profile: V8Profile | undefined;
      session.post("Profiler.stop", (_error, result) => profile = result?.profile as V8Profile | undefined);
      if (this.isDisturbed) session.disconnect();
      else this.idle.push(session);
      return profile;
    };
  }

  disconnect(): void {
    for (const session of this.idle.splice(0)) session.disconnect();
  }

  private connect(): Inspector.Session {
    const session = new this.inspector.Session();
    session.connect();
    session.on("Profiler.consoleProfileStarted", () => this.isDisturbed = true);
    session.post("Profiler.enable");
    session.post("Profiler.setSamplingInterval", { interval: this.interval });
    return session;
  }
}
