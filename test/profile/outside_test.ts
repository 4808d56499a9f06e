import assert from "node:assert/strict";
import { checkProfile } from "../../src/profile/check.ts";
import { OutsideWork, ownTimes } from "../../src/profile/outside.ts";
import { sliceWindow } from "../../src/profile/slice.ts";
import { fromFolded, stackText } from "../support/folded.ts";

/** A window of which the samples with these numbers belong to no request. */
function add(work: OutsideWork, text: string, outside: readonly number[]): void {
  const profile = fromFolded(text);
  const owners = profile.samples.stack.map((_, i) => outside.includes(i) ? 0 : 7);
  work.add(sliceWindow({ profile, owners }).outside);
}

function sums(work: OutsideWork): Map<string, number> {
  const profile = work.profile()!;
  assert.deepEqual(checkProfile(profile), []);
  const times = new Map<string, number>();
  for (const [i, stack] of profile.samples.stack.entries()) {
    const text = stackText(profile, stack);
    times.set(text, (times.get(text) ?? 0) + profile.samples.time[i]!);
  }
  return times;
}

Deno.test("all windows' samples of nobody are one profile; what was idle or a request's is not in it", () => {
  const work = new OutsideWork();
  assert.equal(work.profile(), undefined);
  add(work, "a;b 1000\n a;c 900\n (idle) 5000\n mine 300", [0, 1, 2]);
  add(work, "a;b 1100\n d 1", [0, 1]);
  assert.deepEqual([...sums(work)], [["a;b", 2100], ["a;c", 900], ["d", 1]]);
  assert.equal(work.profile()!.samples.stack.length, 4, "as many samples as were taken");
});

Deno.test("of very many stacks the heaviest are kept, and the time of all", () => {
  const work = new OutsideWork();
  const count = 30_000;
  for (let first = 0; first < count; first += 1000) {
    const lines = Array.from({ length: 1000 }, (_, i) => `f${first + i} ${first + i + 1}`);
    add(work, lines.join("\n"), lines.map((_, i) => i));
  }
  const times = sums(work);
  assert.ok(times.size <= 21_000, `${times.size}`);
  assert.equal([...times.values()].reduce((a, b) => a + b), count * (count + 1) / 2);
  assert.equal(times.get(`f${count - 1}`), count);
});

Deno.test("the application's innermost function has the time of what it calls of others", () => {
  const own = ownTimes(
    fromFolded(
      "main;work;sleep@node:timers 100\n main;parse@/app/node_modules/x/y.js 50\n work 7\n (program) 9",
    ),
  );
  const texts = [...own.values()].map(({ frame, time }) => `${frame.name} ${time}`);
  assert.deepEqual(texts, ["work 107", "main 50"]);
});
