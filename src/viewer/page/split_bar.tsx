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

/** A bar that is full where the duration is the longest. */
export function SplitBar(
  { longest, isLarge = false, ...split }: Split & { readonly longest: number; readonly isLarge?: boolean },
): VNode {
  const length = Math.min(Math.max(split.duration / longest, SHORTEST), 1);
  const scale = split.duration > 0 ? 100 * length / split.duration : 0;
  const label = parts.map((it) => `${it} ${split[it].toFixed(1)} ms`).join(", ");
  return (
    <span class={isLarge ? "split" : "bar"} role="img" aria-label={label} title={label}>
      {parts.map((it) => <i key={it} class={it} style={{ width: `${split[it] * scale}%` }} />)}
    </span>
  );
}
