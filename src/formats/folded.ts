import type { RequestProfile } from "../profile/request.ts";
import { ALL_UNITS, type Format } from "./format.ts";
import { frameLabel } from "./labels.ts";
import { readFolded } from "./read_folded.ts";

/**
 * Folded stacks: one line per stack, `a;b;c 123`, with its own time in microseconds, or its bytes.
 *
 * Loses order, gaps and the unit. A `;` in a name becomes a `,`. https://github.com/brendangregg/FlameGraph#2-fold-stacks
 */
export const folded: Format = {
  id: "folded",
  extension: ".folded",
  mediaType: "text/plain; charset=utf-8",
  about: "flamegraph.pl, inferno, speedscope",
  units: ALL_UNITS,
  write: foldedText,
  read: readFolded,
};

function foldedText({ profile }: RequestProfile): string {
  const { frames, stacks, samples } = profile;
  const times = stacks.parent.map(() => 0);
  for (const [i, stack] of samples.stack.entries()) times[stack]! += samples.time[i]!;
  const labels = frames.map((frame) => frameLabel(frame).replaceAll(";", ","));
  const lines = new Map<string, number>();
  for (const [stack, time] of times.entries()) {
    if (time === 0) continue;
    const path: string[] = [];
    for (let s = stack; s >= 0; s = stacks.parent[s]!) path.push(labels[stacks.frame[s]!]!);
    const line = path.reverse().join(";");
    lines.set(line, (lines.get(line) ?? 0) + time);
  }
  return [...lines].map(([line, time]) => `${line} ${time}\n`).join("");
}
