/** Profiles by `v8.startCpuProfile`: all of them share one sampling thread, and the inspector has no part in it. */
import type { V8Profile } from "../protocol/messages.ts";
import type { Microseconds, Milliseconds } from "../units.ts";
import { FileUrls } from "./file_urls.ts";
import { original } from "./originals.ts";
import type { EndProfile, ProfileSource } from "./profile_source.ts";

/** https://nodejs.org/api/v8.html#v8startcpuprofileoptions */
export type StartCpuProfile = (options?: { readonly sampleInterval: Milliseconds }) => { stop(): string };

export class V8Profiles implements ProfileSource {
  private readonly start: StartCpuProfile;
  private readonly urls = new FileUrls();
  private readonly options: Parameters<StartCpuProfile>;

  /** `interval`: between two samples; undefined for V8's own. */
  constructor(start: StartCpuProfile, interval: Microseconds | undefined) {
    this.start = start;
    this.options = interval === undefined ? [] : [{ sampleInterval: interval / 1000 }];
  }

  begin(): EndProfile {
    const handle = this.start(...this.options);
    return () => {
      const profile = parseProfile(handle.stop());
      this.urls.put(profile.nodes.map(({ callFrame }) => callFrame));
      return profile;
    };
  }

  close(): void {}
}

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
