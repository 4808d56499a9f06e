/** V8's sampler as the agent runs it: windows without gaps, turned every second, and what V8 gives is thrown away. */
import { InspectorUse } from "../../../src/agent/inspector.ts";
import { takeOwners } from "../../../src/agent/ledger.ts";
import { original } from "../../../src/agent/originals.ts";
import { Sampler } from "../../../src/agent/sampler.ts";
import { sampleInstants } from "../../../src/agent/window_times.ts";

const INTERVAL = 1000;
const WINDOW = 1000;

/** Starts it. `deliver` stands for what brings the inspector's messages at once; `hasLedger`: each sample's owner is looked up. */
export function startWindows(options: { deliver: (act: () => void) => void; hasLedger: boolean }): void {
  const { deliver, hasLedger } = options;
  const sampler: Sampler = new Sampler(
    { interval: INTERVAL, inspector: new InspectorUse(), onLost() {} },
    (profile) => {
      if (profile === undefined || !hasLedger) return;
      const offset = sampler.offset.value;
      takeOwners(sampleInstants(profile, offset), profile.endTime - offset);
    },
  );
  deliver(() => sampler.start());
  original.setInterval(() => deliver(() => sampler.turn()), WINDOW).unref();
}
