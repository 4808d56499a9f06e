/**
 * The maps that scripts carry in their texts, as V8 has them: of code that no file has as it ran, which a loader or
 * `new AsyncFunction(…)` made. Only the debugger gives them out, and to turn it on stops the world.
 */
import type { Session } from "node:inspector";
import process from "node:process";
import * as v8 from "node:v8";
import type { SourceMapJson } from "../protocol/messages.ts";
import type { Bytes, Milliseconds } from "../units.ts";
import { isInspectorOfOthers, loadInspector } from "./inspector.ts";
import { nodeVariable } from "./node_variable.ts";
import { original } from "./originals.ts";

/** The debugger is turned on so often at most, */
const MAX_STOPS = 3;
/** not again when that has taken so much CPU time in all: the first time takes most, for V8 then hashes all text, */
const MAX_STOPPED: Milliseconds = 300;
/** and never where V8 has more text than this outside of its heap, of which each MiB takes 10 to 30 ms: the compiler of TypeScript and Node itself have 11. */
const MAX_SOURCES: Bytes = 16 * 1024 * 1024;
/** Maps that nobody has asked for yet are kept up to this size: the next window may have their scripts. */
const MAX_KEPT: Bytes = 4 * 1024 * 1024;

interface ScriptParsed {
  readonly params: { readonly scriptId: string; readonly url: string; readonly sourceMapURL?: string };
}

export class InlineMaps {
  private stops = 0;
  private stoppedTime: Milliseconds = 0;
  /** The urls of maps by the number of their script. */
  private readonly kept = new Map<string, string>();
  private size: Bytes = 0;

  /** The maps of these scripts, by V8's numbers for them; V8 is asked for those that are not known, if it `mayStop` the world. */
  take(scripts: Iterable<string>, mayStop: boolean): Map<string, SourceMapJson> {
    const wanted = new Set(scripts);
    const isMissing = [...wanted].some((script) => !this.kept.has(script));
    if (isMissing && mayStop && this.mayAsk()) this.ask(wanted);
    const maps = new Map<string, SourceMapJson>();
    for (const script of wanted) {
      const map = parsed(this.kept.get(script));
      this.forget(script);
      if (map !== undefined) maps.set(script, map);
    }
    return maps;
  }

  /** Turning the debugger off ends the coverage of all other clients of the inspector. */
  private mayAsk(): boolean {
    return this.stops < MAX_STOPS && this.stoppedTime < MAX_STOPPED &&
      nodeVariable("NODE_V8_COVERAGE") === undefined && !isInspectorOfOthers() &&
      v8.getHeapCodeStatistics().external_script_source_size <= MAX_SOURCES;
  }

  private ask(wanted: ReadonlySet<string>): void {
    const before = process.cpuUsage();
    const session = connected();
    this.stops = session === undefined ? MAX_STOPS : this.stops + 1;
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
    const { user, system } = process.cpuUsage(before);
    this.stoppedTime += (user + system) / 1000;
  }

  private keep(script: string, url: string, isWanted: boolean): void {
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

function parsed(url: string | undefined): SourceMapJson | undefined {
  if (url === undefined) return undefined;
  try {
    return original.parse(Buffer.from(url.slice(url.indexOf(",") + 1), "base64").toString());
  } catch {
    return undefined;
  }
}

/** A client of the inspector; undefined where there is none for us: Node's permission model, an environment without. */
function connected(): Session | undefined {
  try {
    const { Session } = loadInspector();
    const session = new Session();
    session.connect();
    return session;
  } catch {
    return undefined;
  }
}
