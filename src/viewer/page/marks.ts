/** What the timeline draws of the server's answer. Pure. */
import { KINDS, type Timeline } from "../api.ts";

/** What a mark's colour says. */
export type Colouring = "time" | "status";

/** One or more requests at one place of the picture. */
export interface Mark {
  readonly start: number;
  readonly duration: number;
  /** Index into what `kindsOf` gives. */
  readonly kind: number;
  readonly count: number;
}

interface MarkKind {
  /** Of the style sheet's class, and of its colour. */
  readonly name: string;
  readonly text: string;
  readonly colour: "cpu" | "blocked" | "wait" | "good" | "warn" | "bad";
}

const byTime: readonly MarkKind[] = [
  { name: "cpu", text: "cpu", colour: "cpu" },
  { name: "blocked", text: "blocked", colour: "blocked" },
  { name: "wait", text: "wait", colour: "wait" },
];
const byStatus: readonly MarkKind[] = [
  { name: "ok", text: "below 400", colour: "good" },
  { name: "client", text: "4xx", colour: "warn" },
  { name: "failed", text: "5xx or broken off", colour: "bad" },
];
/** Of cells it is only known how many of their requests failed. */
const byFailure: readonly MarkKind[] = [
  { name: "ok", text: "answered", colour: "good" },
  { name: "failed", text: "some 5xx or broken off", colour: "bad" },
];

/** The kinds of marks, for the key and the colours. */
export function kindsOf(colouring: Colouring, answer: Timeline | undefined): readonly MarkKind[] {
  if (colouring === "time") return byTime;
  return answer?.cells ? byFailure : byStatus;
}

/** What is to be drawn, the most frequent kind first: the rarer are drawn over it. */
export function marksOf({ marks, cells, since, until, longest }: Timeline, { colouring, columns, lines }: {
  readonly colouring: Colouring;
  readonly columns: number;
  readonly lines: number;
}): Mark[] {
  const found: Mark[] = [];
  marks?.start.forEach((start, i) => {
    const status = marks.failed[i] ? 2 : marks.status[i]! >= 400 ? 1 : 0;
    const kind = colouring === "time" ? marks.mostly[i]! : status;
    found.push({ start, duration: marks.duration[i]!, kind, count: 1 });
  });
  cells?.column.forEach((column, i) => {
    const kind = colouring === "time" ? cells.mostly[i]! : cells.failed[i]! > 0 ? 1 : 0;
    found.push({
      start: since + (column + 0.5) / columns * (until - since),
      duration: cells.lowest * (longest / cells.lowest) ** ((cells.line[i]! + 0.5) / lines),
      kind,
      count: cells.count[i]!,
    });
  });
  const counts = new Array<number>(KINDS.length).fill(0);
  for (const { kind, count } of found) counts[kind]! += count;
  return found.sort((a, b) => counts[b.kind]! - counts[a.kind]!);
}

/** The shortest duration, more than 0. */
export function shortestOf({ marks, cells, longest }: Timeline): number {
  const least = marks?.duration.reduce((a, b) => Math.min(a, b), Infinity) ?? cells?.lowest ?? longest;
  return Math.max(Math.min(least, longest), 0.01);
}
