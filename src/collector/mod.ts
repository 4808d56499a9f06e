/** Collects a run: reads what the agents tell, gives every request its files and its line, and closes the books. */
import type { RunTotals } from "../store/entry.ts";
import { type RunExit, runIdOf } from "../store/run_file.ts";
import type { CollectorOptions, EarlierPart } from "./collector_options.ts";
import { startPaced } from "./pace.ts";
import { Run } from "./run.ts";
import type { ServingProcess } from "./stream.ts";

export type { CollectorOptions, EarlierPart, ServingProcess };

/** A run that is being collected. */
export interface Collector {
  /** Takes in what is still to come, closes the books and gives the totals. Call once, when the command has ended. */
  finish(exit: RunExit): Promise<RunTotals>;
  /** Takes in nothing more: a `finish` that is under way closes the books at its next step. */
  giveUp(): void;
  /** The processes and threads that serve. */
  serving(): ServingProcess[];
}

/** Starts to collect. */
export function startCollector(options: CollectorOptions): Collector {
  const run = new Run({ ...options, run: runIdOf(options.inbox) });
  const paced = startPaced(() => run.work());
  return {
    async finish(exit) {
      paced.stop();
      await run.drain(() => paced.catchUp());
      return run.close(exit);
    },
    giveUp: () => run.giveUp(),
    serving: () => run.serving(),
  };
}
