/** Which functions of two runs are the same, although lines moved and one run lay in another directory. */
import { scriptPath } from "../profile/frames.ts";
import type { Frame } from "../profile/model.ts";

/** Functions of two runs, each under the number of what it is in both. */
export interface SameFunctions {
  /** One frame for each number: that of the run after where it has one. */
  readonly frames: readonly Frame[];
  /** The number of each function, in the order they were given. */
  readonly before: readonly number[];
  readonly after: readonly number[];
}

/**
 * Pairs functions by file and name. Where a file has several of one name (most often none at all), by their place; those whose
 * place is in one run only are counted as one: who is who cannot be told.
 */
export function sameFunctions(before: readonly Frame[], after: readonly Frame[]): SameFunctions {
  const files = sameFiles(pathsOf(before), pathsOf(after));
  const fileOf = { before: (path: string) => files.get(path) ?? path, after: (path: string) => path };
  const frames: Frame[] = [];
  const numbers = { before: new Array<number>(before.length), after: new Array<number>(after.length) };
  const give = (frame: Frame, members: readonly Member[]) => {
    for (const { run, index } of members) numbers[run][index] = frames.length;
    frames.push(frame);
  };
  const members = [
    ...after.map((frame, index): Member => ({ run: "after", index, frame })),
    ...before.map((frame, index): Member => ({ run: "before", index, frame })),
  ];
  const named = grouped(members, ({ run, frame }) => `${fileOf[run](scriptPath(frame.url))}\0${frame.name}`);
  for (const group of named) {
    const isClear = group.length <= 2 && group[0]!.run !== group[1]?.run;
    if (isClear) give(group[0]!.frame, group);
    else {
      const placed = grouped(group, ({ frame }) => `${frame.line}:${frame.column}`);
      for (const pair of placed.filter((it) => it.length > 1)) give(pair[0]!.frame, pair);
      const left = placed.filter((it) => it.length === 1).flat();
      if (left[0] !== undefined) give(left[0].frame, left);
    }
  }
  return { frames, ...numbers };
}

interface Member {
  readonly run: "before" | "after";
  readonly index: number;
  readonly frame: Frame;
}

function grouped<T>(values: readonly T[], keyOf: (value: T) => string): T[][] {
  const groups = new Map<string, T[]>();
  for (const value of values) {
    const key = keyOf(value);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [value]);
    else group.push(value);
  }
  return [...groups.values()];
}

function pathsOf(frames: readonly Frame[]): string[] {
  return [...new Set(frames.map(({ url }) => scriptPath(url)))].filter((it) => /[/\\]/.test(it));
}

/**
 * For each path that only the run before has, the one that only the run after has and whose end it shares most: the same
 * file in another checkout. None where two would do as well.
 */
function sameFiles(before: readonly string[], after: readonly string[]): Map<string, string> {
  const both = new Set(before.filter((it) => after.includes(it)));
  const byName = new Map(
    grouped(after.filter((it) => !both.has(it)), nameOf).map((paths) => [nameOf(paths[0]!), paths]),
  );
  const found = new Map<string, string>();
  const taken = new Set<string>();
  for (const path of before.filter((it) => !both.has(it))) {
    const ranked = (byName.get(nameOf(path)) ?? [])
      .map((other) => ({ other, shared: sharedEnd(path, other) }))
      .sort((a, b) => b.shared - a.shared);
    const [best, second] = ranked;
    if (best === undefined || best.shared === second?.shared || taken.has(best.other)) continue;
    taken.add(best.other);
    found.set(path, best.other);
  }
  return found;
}

function nameOf(path: string): string {
  return path.slice(Math.max(path.lastIndexOf("/"), path.lastIndexOf("\\")) + 1);
}

/** How many parts at the end two paths have in common. */
function sharedEnd(one: string, other: string): number {
  const [a, b] = [one.split(/[/\\]/).reverse(), other.split(/[/\\]/).reverse()];
  const end = a.findIndex((part, index) => part !== b[index]);
  return end < 0 ? a.length : end;
}
