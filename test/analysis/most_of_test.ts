import assert from "node:assert/strict";
import { MostOf } from "../../src/analysis/most_of.ts";
import { entryOf } from "../cli/entries.ts";

Deno.test("of many requests those with most are kept, the one with most first", () => {
  const durations = Array.from({ length: 1000 }, (_, i) => i * 7919 % 1000);
  for (const most of [0, 1, 10, 2000]) {
    const kept = new MostOf(most);
    for (const duration of durations) kept.add(duration, () => entryOf({ duration }));
    const sorted = durations.toSorted((a, b) => b - a).slice(0, most);
    assert.deepEqual(kept.entries.map(({ duration }) => duration), sorted);
  }
});
