import assert from "node:assert/strict";
import { checkProfile } from "../../src/profile/check.ts";
import { foldLibraries } from "../../src/profile/fold_libraries.ts";
import { fromFolded, toFolded } from "../support/folded.ts";

const LIBRARY = "file:///app/node_modules/orm/index.js";

const table: readonly [about: string, profile: string, folded: string][] = [
  ["what a library did is its caller's", `a;b;query@${LIBRARY};read@node:fs 30`, "a;b 30"],
  ["a callback of a library's is called by who called that", `a;each@${LIBRARY};b 10`, "a;b 10"],
  [
    "what stands below the application goes",
    `emit@node:events;a 10\n - 5\n emit@node:events;b 20`,
    "a 10\n- 5\nb 20",
  ],
  [
    "without the application the innermost stays",
    `emit@node:events;query@${LIBRARY} 10`,
    `query@${LIBRARY} 10`,
  ],
  [
    "what is no function stays where nobody called it",
    "(garbage collector) 5\n (unsampled) 7",
    "(garbage collector) 5\n(unsampled) 7",
  ],
];

for (const [about, text, expected] of table) {
  Deno.test(`my code only: ${about}`, () => {
    const profile = fromFolded(text, 100);
    const folded = foldLibraries(profile);
    assert.deepEqual(checkProfile(folded), []);
    assert.equal(toFolded(folded), expected);
    assert.deepEqual([folded.startAt, folded.endAt, folded.samples.time], [
      100,
      profile.endAt,
      profile.samples.time,
    ]);
  });
}
