import type { RequestProfile } from "../profile/request.ts";
import { Tables } from "../profile/tables.ts";
import { FormatError } from "./format.ts";
import { layOut, type StackTotal } from "./lay_out.ts";
import { subjectOf } from "./read_details.ts";
import { frameOfLabel } from "./read_labels.ts";
import { textOf } from "./read_text.ts";

const EXPECTED = "folded stacks: lines as a;b;c 123, in microseconds";

/** Folded stacks. Each line becomes one sample; their order is not one in time. */
export function readFolded(content: Uint8Array, name: string): RequestProfile {
  const tables = new Tables();
  const frames = new Map<string, number>();
  const frameOf = (label: string): number => {
    let frame = frames.get(label);
    if (frame === undefined) frames.set(label, frame = tables.frame(frameOfLabel(label)));
    return frame;
  };
  const totals: StackTotal[] = [];
  for (const [i, line] of textOf(content, EXPECTED).split(/\r?\n/).entries()) {
    if (line.trim() === "") continue;
    const at = line.lastIndexOf(" ");
    const time = line.slice(at + 1);
    if (at < 1 || !/^\d{1,15}$/.test(time)) {
      throw new FormatError(`line ${i + 1} is not a stack and its time, expected ${EXPECTED}`);
    }
    let stack = -1;
    for (const label of line.slice(0, at).split(";")) stack = tables.stack(stack, frameOf(label));
    totals.push({ stack, time: Number(time), count: 1 });
  }
  return subjectOf(layOut(tables, totals, 0), undefined, name);
}
