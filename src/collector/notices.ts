/** What is said while a run goes on, one sentence each. Pure. */
import type { CollectorOptions } from "./collector_options.ts";

export function oldNodeText(version: string): string {
  return `Node ${version} ran in the command: nothing of it is profiled, Node 18 is the oldest that can be.`;
}

/** `isMadeAgain`: servers that start from now on can be profiled. */
export function spoolGoneText(spool: string, isMadeAgain: boolean): string {
  const rest = isMadeAgain
    ? "those that are running are not profiled any more"
    : "nothing more of this run is profiled";
  return `Somebody removed "${spool}", where servers tell what they do: ${rest}.`;
}

export function limitText({ maxFiles, maxSize }: Pick<CollectorOptions, "maxFiles" | "maxSize">): string {
  return `--max-files ${maxFiles} or --max-size ${maxSize}B is reached: from now on each route keeps its slowest and failed requests; all are still listed.`;
}

/** Why nothing came, where that is so. */
export const NO_ROOM =
  "there was no room where servers leave what they measure; set TMPDIR to a directory with more";

export function noRoomText(directory: string): string {
  return `There is no room left in "${directory}": what servers measure is lost meanwhile. Set TMPDIR to a directory with more.`;
}
