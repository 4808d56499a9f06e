/** What `profsrv diff` says of a limit: nothing that is not so. */
import assert from "node:assert/strict";
import { compareRuns } from "../../src/analysis/comparison.ts";
import { addToSeries, type RunSeries } from "../../src/analysis/route_series.ts";
import { RunFunctions } from "../../src/analysis/run_functions.ts";
import { type Compared, findings } from "../../src/cli/diff_words.ts";
import { entryOf } from "./entries.ts";

/** The last sentences of two runs of one route. */
function lastOf(before: number, after: number, requests: number): string {
  const [first, second] = [before, after].map((cpu) => {
    const series: RunSeries = new Map();
    for (let at = 0; at < requests; at++) {
      addToSeries(series, entryOf({ route: "/", cpu: cpu + at % 5 / 100, duration: cpu + 1 }), at);
    }
    return { series, functions: new RunFunctions() };
  });
  const record = {};
  const compared = { before: { record }, after: { record }, comparison: compareRuns(first!, second!) };
  return findings({ ...compared, failOver: 0.1 } as unknown as Compared).at(-1)!.text;
}

Deno.test("where nothing is over the limit, routes that may be are counted", () => {
  const none = "No route is slower for certain and by more than 10 %.";
  assert.equal(lastOf(10, 10.5, 400), none);
  assert.equal(lastOf(10, 11.3, 400), `${none} 1 route took longer by more than that, but not for certain.`);
  assert.equal(lastOf(10, 15, 20), `${none} 1 route took longer by more than that, but not for certain.`);
  assert.equal(lastOf(10, 15, 400), "Over 10 %: GET /.");
});
