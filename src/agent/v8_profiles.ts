/** Profiles by `v8.startCpuProfile`: all of them share one sampling thread, and the inspector has no part in it. */
import process from "node:process";
import { pathToFileURL } from "node:url";
import type { V8Profile } from "../protocol/messages.ts";
import type { Microseconds, Milliseconds } from "../units.ts";
import { original } from "./originals.ts";
import type { EndProfile, ProfileSource } from "./profile_source.ts";

/** https://nodejs.org/api/v8.html#v8startcpuprofileoptions */
export type StartCpuProfile = (options?: { readonly sampleInterval: Milliseconds }) => { stop(): string };

/** Urls of scripts that are remembered. */
const MAX_URLS = 20_000;

export class V8Profiles implements ProfileSource {
  private readonly start: StartCpuProfile;
  private readonly options: Parameters<StartCpuProfile>;
  /** The url of each script by the name that V8 has for it. */
  private readonly urls = new Map<string, string>();

  /** `interval`: between two samples; undefined for V8's own. */
  constructor(start: StartCpuProfile, interval: Microseconds | undefined) {
    this.start = start;
    this.options = interval === undefined ? [] : [{ sampleInterval: interval / 1000 }];
  }

  begin(): EndProfile {
    const handle = this.start(...this.options);
    return () => this.withUrls(parseProfile(handle.stop()));
  }

  close(): void {}

  /** V8 names a CommonJS script by its path, the inspector by its url: as the inspector does. */
  private withUrls(profile: V8Profile): V8Profile {
    for (const { callFrame } of profile.nodes as readonly { callFrame: { url: string } }[]) {
      if (isPath(callFrame.url)) callFrame.url = this.urlOf(callFrame.url);
    }
    return profile;
  }

  private urlOf(path: string): string {
    const known = this.urls.get(path);
    if (known !== undefined) return known;
    const url = pathToFileURL(path).href;
    if (this.urls.size < MAX_URLS) this.urls.set(path, url);
    return url;
  }
}

const isPath = process.platform === "win32"
  ? (name: string) => /^(?:[a-z]:)?[\\/]/i.test(name)
  : (name: string) => name.startsWith("/");

/** A call frame as V8 writes it. */
const CALL_FRAME =
  /"functionName":"([^]*?)",("lineNumber":-?\d+,"columnNumber":-?\d+,"scriptId":"?\d+"?),"url":"([^]*?)"\}/g;
/** A backslash that does not stand for another one or for a quote. */
const RAW_BACKSLASH = /(?:^|[^\\])(?:\\\\)*\\(?![\\"])/;

/**
 * Reads the text of a profile. V8 writes names and paths into it as they are, also backslashes, quotes and line breaks:
 * https://github.com/v8/v8/blob/14.6.202/src/profiler/profile-generator.cc (`CpuProfileJSONSerializer`). What is no JSON for that is mended.
 */
export function parseProfile(text: string): V8Profile {
  if (!text.includes("\\") || !RAW_BACKSLASH.test(text)) {
    try {
      return original.parse(text) as V8Profile;
    } catch {
      // A quote or a line break.
    }
  }
  const mended = text.replace(
    CALL_FRAME,
    (_all, name: string, place: string, url: string) =>
      `"functionName":${original.stringify(name)},${place},"url":${original.stringify(url)}}`,
  );
  return original.parse(mended) as V8Profile;
}
