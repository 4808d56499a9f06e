/** Where Deno's versions differ, as far as a profiler has to know. Pure. */

/** The first version that has it. */
export const SINCE = {
  /** `--preload`, and all the agent needs of the runtime. */
  preload: [2, 5],
  /** NODE_OPTIONS=--require. https://github.com/denoland/deno/releases/tag/v2.7.0 */
  nodeOptions: [2, 7],
  /** NODE_OPTIONS, `--require` and `--preload` together with `--watch`. */
  watch: [2, 9],
  /** From here on `--allow-sys=inspector` is not accepted, though it is what the inspector asks for. */
  noSysInspector: [2, 8],
  /** From here on no list of paths can name one with a comma: it is not enough any more to write it twice. */
  noComma: [2, 9, 6],
} as const;

/** Whether a version is this one or newer. */
export function isSince(version: string, first: readonly number[]): boolean {
  const parts = version.split(".").map(Number);
  const at = first.findIndex((it, i) => it !== parts[i]);
  return at === -1 || (parts[at] ?? 0) > first[at]!;
}
