/**
 * The maps that scripts carry in their texts, as V8 has them: of code that no file has as it ran, which a loader or
 * `new AsyncFunction(…)` made. Only the debugger gives them out, and to turn it on stops the world.
 */
import type { Session } from "node:inspector";
import * as v8 from "node:v8";
import type { SourceMapJson } from "../protocol/messages.ts";
import type { Bytes, Microseconds, Milliseconds } from "../units.ts";
import { now } from "./clock.ts";
import type { InspectorUse } from "./inspector.ts";
import { nodeVariable } from "./node_variable.ts";
import { original } from "./originals.ts";

/** What a stop takes is estimated before: V8 hashes each text once, of which it holds this many bytes outside of its heap in a millisecond, */
const HASHED: Bytes = 1024 * 1024 / 28;
/** and tells of so many scripts in one. */
const SCRIPTS = 20;
/** While a request is open the world is stopped no longer than this, and so often at most: */
const LONGEST_BUSY: Milliseconds = 100;
const MAX_BUSY = 3;
/** When none is, no request waits for the end of it unless it comes just then. */
const LONGEST_IDLE: Milliseconds = 500;
/** Beyond so many stops they take this part of the time at most. */
const MAX_FREE = 3;
const MAX_SHARE = 0.01;
/** A stop cannot be broken off once it has begun: after one that took a core for longer than this V8 is asked no more. */
const LONGEST_REPEATED: Milliseconds = 100;
/** From a shorter one nothing follows for the next. */
const INSTRUCTIVE: Milliseconds = 20;
/** V8 is asked no more when that has brought no map so often. */
const MAX_FUTILE = 3;
/** Maps that nobody has asked for yet are kept up to this size: the next window may have their scripts. */
const MAX_KEPT: Bytes = 4 * 1024 * 1024;

interface ScriptParsed {
  readonly params: { readonly scriptId: string; readonly url: string; readonly sourceMapURL?: string };
}

export class InlineMaps {
  private stops = 0;
  private busyStops = 0;
  private futileStops = 0;
  /** A stop took too long. */
  private isOver = false;
  /** How many times longer than estimated stops took, at most. */
  private slowness = 1;
  /** How long the next stop will take on the machine on which these figures were measured. */
  private estimate: Milliseconds = 0;
  /** No stop before this time. */
  private notBefore: Microseconds = -Infinity;
  /** How much text V8 has hashed. */
  private hashed: Bytes = 0;
  /** The urls of maps by the number of their script. */
  private readonly kept = new Map<string, string>();
  private size: Bytes = 0;
  private readonly inspector: InspectorUse;

  constructor(inspector: InspectorUse) {
    this.inspector = inspector;
  }

  /** The maps of these scripts that are known, by V8's numbers for them. */
  take(scripts: Iterable<string>): Map<string, SourceMapJson> {
    const maps = new Map<string, SourceMapJson>();
    for (const script of scripts) {
      const map = parsed(this.kept.get(script));
      this.forget(script);
      if (map !== undefined) maps.set(script, map);
    }
    return maps;
  }

  /** Whether V8 may be asked now, when it has so many scripts. Turning the debugger off ends the coverage of all other clients of the inspector. */
  mayAsk(scripts: number, isBusy: boolean): boolean {
    if (this.isOver || this.futileStops >= MAX_FUTILE) return false;
    if (nodeVariable("NODE_V8_COVERAGE") !== undefined) return false;
    if (isBusy ? this.busyStops >= MAX_BUSY : this.stops >= MAX_FREE && now() < this.notBefore) return false;
    if (this.inspector.hasOthers()) return false;
    this.estimate = Math.max(0, textSize() - this.hashed) / HASHED + scripts / SCRIPTS;
    return this.estimate * this.slowness <= (isBusy ? LONGEST_BUSY : LONGEST_IDLE);
  }

  /** Asks V8 for the maps of these scripts, where it may be asked. */
  ask(wanted: ReadonlySet<string>, isBusy: boolean): void {
    const at = now();
    const before = cpuTime();
    const session = this.connected();
    this.stops++;
    if (isBusy) this.busyStops++;
    this.futileStops++;
    if (session === undefined) return;
    try {
      session.on("Debugger.scriptParsed", ({ params: { scriptId, sourceMapURL = "" } }: ScriptParsed) => {
        if (INLINE.test(sourceMapURL)) this.keep(scriptId, sourceMapURL, wanted.has(scriptId));
      });
      session.post("Debugger.enable");
      session.post("Debugger.disable");
    } finally {
      session.disconnect();
    }
    this.hashed = textSize();
    const took = now() - at;
    this.notBefore = now() + took / MAX_SHARE;
    // How long it waited for a core says nothing of the next one.
    this.learn(Math.min(took, cpuTime() - before) / 1000);
  }

  private learn(took: Milliseconds): void {
    this.isOver = took > LONGEST_REPEATED;
    if (took > INSTRUCTIVE) {
      this.slowness = Math.max(this.slowness, took / Math.max(this.estimate, INSTRUCTIVE));
    }
  }

  /** A client of the inspector; undefined where there is none for us: Node's permission model, an environment without. */
  private connected(): Session | undefined {
    try {
      const { Session } = this.inspector.load();
      const session = new Session();
      session.connect();
      return session;
    } catch {
      return undefined;
    }
  }

  private keep(script: string, url: string, isWanted: boolean): void {
    if (isWanted) this.futileStops = 0;
    if (this.kept.has(script) || (!isWanted && this.size + url.length > MAX_KEPT)) return;
    this.kept.set(script, url);
    this.size += url.length;
  }

  private forget(script: string): void {
    this.size -= this.kept.get(script)?.length ?? 0;
    this.kept.delete(script);
  }
}

const INLINE = /^data:application\/json[^,]*;base64,/;

/** CPU of the process so far. */
function cpuTime(): Microseconds {
  const { user, system } = original.cpuUsage();
  return (user + system) as Microseconds;
}

function textSize(): Bytes {
  return v8.getHeapCodeStatistics().external_script_source_size;
}

function parsed(url: string | undefined): SourceMapJson | undefined {
  if (url === undefined) return undefined;
  try {
    return original.parse(Buffer.from(url.slice(url.indexOf(",") + 1), "base64").toString());
  } catch {
    return undefined;
  }
}
