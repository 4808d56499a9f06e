/** What takes profiles for the sampler, and what V8's own function for that can do in this runtime. */
import * as v8 from "node:v8";
import type { V8Profile } from "../protocol/messages.ts";
import type { Microseconds } from "../units.ts";

/** Ends a profile that is under way and gives what V8 saw; undefined where V8 has lost it. */
export type EndProfile = () => V8Profile | undefined;

/** Takes profiles, which may overlap. */
export interface ProfileSource {
  /** Begins a profile. Throws where V8 takes none. */
  begin(): EndProfile;
  /** Whether others are clients of the inspector that have its profiler on, where that is noticed. */
  readonly isShared?: boolean;
  /** No profile is under way any more, and none will be. */
  close(): void;
}

/** What a source needs to know. */
export interface SourceOptions {
  /** Between two samples. */
  readonly interval: Microseconds;
  /** Called when somebody else has ended a profile of ours: sampling goes on with the next one that begins. */
  readonly onLost: () => void;
}

/** What V8's own function for profiles can do in this runtime. */
export const can = {
  /** Node 24.12, 25.0 and newer. https://nodejs.org/api/v8.html#v8startcpuprofileoptions */
  startCpuProfile: "startCpuProfile" in v8,
  /** It takes `sampleInterval`, in whole milliseconds: Node 26. https://github.com/nodejs/node/pull/62684 */
  setInterval: "startCpuProfile" in v8 && (v8.startCpuProfile as { length: number }).length > 0,
};
