import type { Unit } from "../profile/model.ts";
import type { RequestProfile } from "../profile/request.ts";
import { Tables } from "../profile/tables.ts";
import { FormatError } from "./format.ts";
import { layOut, type StackTotal } from "./lay_out.ts";
import { subjectOf } from "./read_details.ts";
import { frameOfLabel } from "./read_labels.ts";
import { assertCount, MOST_PARTS, textOf } from "./read_text.ts";

const EXPECTED = "folded stacks: lines as a;b;c 123, in microseconds or bytes";

/** Folded stacks. Each line becomes one sample; their order is not one in time. The file does not say its unit. */
export function readFolded(content: Uint8Array, name: string, unit?: Unit): RequestProfile {
  const tables = new Tables();
  const frames = new Map<string, number>();
  const frameOf = (label: string): number => {
    let frame = frames.get(label);
    if (frame === undefined) frames.set(label, frame = tables.frame(frameOfLabel(label)));
    return frame;
  };
  const totals: StackTotal[] = [];
  assertLabels(content);
  for (const [i, line] of linesOf(textOf(content, EXPECTED))) {
    if (line.trim() === "") continue;
    const end = line.lastIndexOf(" ");
    const time = line.slice(end + 1);
    if (end < 1 || !/^\d{1,15}$/.test(time)) {
      throw new FormatError(`line ${i + 1} is not a stack and its time, expected ${EXPECTED}`);
    }
    let stack = -1;
    for (const label of line.slice(0, end).split(";")) stack = tables.stack(stack, frameOf(label));
    totals.push({ stack, time: Number(time), count: 1 });
  }
  const profile = layOut(tables, totals, 0);
  return subjectOf(unit === "bytes" ? { ...profile, unit } : profile, undefined, { name });
}

/** Holds a file to a number of labels: each takes some hundred bytes in memory. */
function assertLabels(content: Uint8Array): void {
  let labels = 0;
  for (const byte of content) if (byte === NEWLINE || byte === SEMICOLON) labels++;
  assertCount(labels, MOST_PARTS, "labels");
}

const [NEWLINE, SEMICOLON] = [0x0a, 0x3b];

/** The lines by number, from 0; one at a time, for there may be millions. */
function* linesOf(text: string): Generator<[number: number, line: string]> {
  for (let [i, from] = [0, 0]; from <= text.length; i++) {
    const end = text.indexOf("\n", from);
    const line = text.slice(from, end < 0 ? text.length : end);
    yield [i, line.endsWith("\r") ? line.slice(0, -1) : line];
    from = end < 0 ? text.length + 1 : end + 1;
  }
}
