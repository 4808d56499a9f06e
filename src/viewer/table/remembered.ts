/** Answers that are worth keeping: the same is asked again for the next window of rows, and whenever the table has grown. */
import type { Table } from "./table.ts";

interface Kept {
  readonly asked: string;
  readonly version: number;
  readonly value: unknown;
  readonly madeAt: number;
  /** How long it took to make, in milliseconds. */
  readonly took: number;
}

/** An answer is made again after so many times the time that it took: a table that grows without pause is then not all that is worked for. */
const REST = 4;

const kept = new WeakMap<Table, Map<string, Kept>>();

/**
 * What was made of a table for the same question, unless the table has changed since. If it has, and to make it takes long, the
 * old answer is good enough for a while.
 */
export function remembered<T>(
  table: Table,
  { kind, asked }: { readonly kind: string; readonly asked: string },
  make: () => T,
): T {
  let all = kept.get(table);
  if (all === undefined) kept.set(table, all = new Map());
  const last = all.get(kind);
  const now = performance.now();
  if (last?.asked === asked) {
    const isFresh = last.version === table.version || now - last.madeAt < REST * last.took;
    if (isFresh) return last.value as T;
  }
  const { version } = table;
  const value = make();
  const madeAt = performance.now();
  all.set(kind, { asked, version, value, madeAt, took: madeAt - now });
  return value;
}
