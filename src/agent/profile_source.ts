/** What takes profiles for the sampler. */
import type { InspectorUse } from "./inspector.ts";
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
  readonly inspector: InspectorUse;
  /** Between two samples. */
  readonly interval: Microseconds;
  /** Called when somebody else has ended a profile of ours: sampling goes on with the next one that begins. */
  readonly onLost: () => void;
}
