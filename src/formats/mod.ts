/** The one list of formats: all that the rest of the program knows of them. */
import { callgrind } from "./callgrind.ts";
import { cpuprofile } from "./cpuprofile.ts";
import { folded } from "./folded.ts";
import { type Format, FormatError, MAX_CONTENT } from "./format.ts";
import { heapprofile } from "./heapprofile.ts";
import { pprof } from "./pprof.ts";
import { speedscope } from "./speedscope.ts";

export { type Format, FormatError, MAX_CONTENT };

/** Every format there is; the first that can hold a profile is the default for it. */
export const formats: readonly Format[] = [cpuprofile, callgrind, pprof, speedscope, folded, heapprofile];

/** The formats that can be read, the one that holds most first. */
export const readable: readonly Format[] = [cpuprofile, heapprofile, speedscope, pprof, folded];

/** The format with this id. */
export function formatOf(id: string): Format | undefined {
  return formats.find((format) => format.id === id);
}

/** The format of a file with this name, by its extension. */
export function formatOfFile(name: string): Format | undefined {
  return formats.find(({ extension }) => name.endsWith(extension) && name.length > extension.length);
}
