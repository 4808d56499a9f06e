/** How a time divides into cpu, blocked and wait, as a bar. */
import type { VNode } from "preact";
interface Split {
  readonly duration: number;
  readonly cpu: number;
  readonly blocked: number;
  readonly wait: number;
}

export const parts = ["cpu", "blocked", "wait"] as const;

/** The split of the shortest time shall still be seen. */
const SHORTEST = 0.1;

/** A bar that is full where the duration is the longest: one element, of which a list has many. */
export function SplitBar(
  { longest, isLarge = false, ...split }: Split & { readonly longest: number; readonly isLarge?: boolean },
): VNode {
  const length = Math.min(Math.max(split.duration / longest, SHORTEST), 1);
  const scale = split.duration > 0 ? 100 * length / split.duration : 0;
  const label = parts.map((it) => `${it} ${split[it].toFixed(1)} ms`).join(", ");
  const ends = {
    "--cpu-end": `${split.cpu * scale}%`,
    "--blocked-end": `${(split.cpu + split.blocked) * scale}%`,
    "--wait-end": `${(split.cpu + split.blocked + split.wait) * scale}%`,
  };
  return <span class={isLarge ? "split" : "bar"} role="img" aria-label={label} title={label} style={ends} />;
}
