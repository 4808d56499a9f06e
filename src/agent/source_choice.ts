/** Which of the ways to V8's sampling profiler is taken. */
import * as v8 from "node:v8";
import type { Microseconds } from "../units.ts";
import { can } from "./capabilities.ts";
import type { ProfileSource, SourceOptions } from "./profile_source.ts";
import type { StartCpuProfile } from "./v8_profiles.ts";

/** V8's own default interval. */
const V8_INTERVAL: Microseconds = 1000;

/**
 * `v8.startCpuProfile` where it can take samples at this interval: no other client of the inspector hears of it. Else the
 * inspector; throws where there is none.
 */
export function profileSource(options: SourceOptions): ProfileSource {
  const { interval } = options;
  const isKept = interval === V8_INTERVAL || (can.chooseInterval.probe() && interval % 1000 === 0);
  if (can.startCpuProfile.probe() && isKept) {
    const { V8Profiles } = require("./v8_profiles.ts") as typeof import("./v8_profiles.ts");
    const { startCpuProfile } = v8 as unknown as { startCpuProfile: StartCpuProfile };
    return new V8Profiles(startCpuProfile, interval === V8_INTERVAL ? undefined : interval);
  }
  const { InspectorProfiles } = require(
    "./inspector_profiles.ts",
  ) as typeof import("./inspector_profiles.ts");
  return new InspectorProfiles(options);
}
