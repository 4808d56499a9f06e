import assert from "node:assert/strict";
import { isStuck } from "../../src/cli/kill_stuck.ts";

/** When the signal came. */
const AT = 10_000;

/** Since when the process would end by SIGTERM, when it told something last, and whether it is stuck. */
const table: [about: string, since: number | undefined, heardAt: number, isStuck: boolean][] = [
  ["nobody listens, and it is silent", 2000, 9900, true],
  ["nobody listens, and what it told before comes late", 2000, 10_200, true],
  ["nobody listens, and it is alive", 2000, 10_900, false],
  ["somebody listens", undefined, 9900, false],
  ["a listener went shortly before the signal, perhaps with it", 9800, 9900, false],
  ["a listener went after the signal", 10_050, 10_050, false],
];

for (const [about, since, heardAt, expected] of table) {
  Deno.test(`${about}: it is ${expected ? "stuck" : "left alone"}`, () => {
    const endingSince = new Map(since === undefined ? [] : [["SIGTERM", since]]);
    assert.equal(isStuck({ endingSince, heardAt }, "SIGTERM", AT), expected);
  });
}
