import type { Reader } from "../cases.ts";
import { callgrindReader } from "./callgrind.ts";
import { cpuprofileReader } from "./cpuprofile.ts";
import { foldedReader } from "./folded.ts";
import { heapprofileReader } from "./heapprofile.ts";
import { pprofReader } from "./pprof.ts";
import { speedscopeReader } from "./speedscope.ts";

/** How each format is read back, by its id. */
export const readers: Readonly<Record<string, Reader>> = {
  cpuprofile: cpuprofileReader,
  callgrind: callgrindReader,
  pprof: pprofReader,
  speedscope: speedscopeReader,
  folded: foldedReader,
  heapprofile: heapprofileReader,
};
