/** What is said of a comparison where the runs were not measured alike: then their times differ whatever the program does. Pure. */
import type { RunRecord } from "../store/read_run.ts";

type Measured = Pick<RunRecord, "profiler" | "serial" | "calls">;

/** Sentences about two runs, none if both are as the standard is. */
export function measuredUnlike(before: Measured, after: Measured): string[] {
  const out: string[] = [];
  const [was, is] = [optionsOf(before), optionsOf(after)];
  if (was !== is) out.push(`The runs were not measured alike: ${was} before, ${is} after.`);
  const counted = [before, after].filter(({ calls }) => calls !== undefined).length;
  if (counted === 1) out.push("Counting calls slows the server: that alone changes times.");
  if (counted === 2) {
    out.push("Calls were counted in both runs (--calls): their times are longer than without.");
  }
  if (isHeap(before) !== isHeap(after)) {
    out.push("Sampling the heap slows code that allocates: that alone changes times.");
  }
  if ((before.serial === true) !== (after.serial === true)) {
    out.push(
      "With one request at a time others wait before they begin, and not while they run: that alone changes blocked and duration.",
    );
  }
  return out;
}

/** Why no function is compared; undefined where nothing of what was measured is in the way. */
export function whyNoFunctions(before: Measured, after: Measured): string | undefined {
  if (isHeap(before) === isHeap(after)) return undefined;
  return "No function is compared: one run has the times of functions, the other (--profiler heap) their bytes.";
}

function isHeap({ profiler }: Measured): boolean {
  return profiler === "heap";
}

/** With `--profiler heap` and `--calls` the server handles one request at a time, too. */
export function optionsOf({ profiler, serial, calls }: Measured): string {
  if (profiler === "heap") return "--profiler heap";
  if (calls !== undefined) return "--calls";
  return serial === true ? "--serial" : "--profiler cpu";
}
