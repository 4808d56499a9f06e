import assert from "node:assert/strict";
import { Memo, RequestNames, routeOf, STANDARD_REDACTION } from "../../src/naming/mod.ts";
import { testRandomly } from "../support/random.ts";

testRandomly(
  "a request is called the same whatever others were named before",
  20,
  ({ integer, pick, oneIn }) => {
    const names = new RequestNames(STANDARD_REDACTION);
    for (let i = 0; i < 3000; i++) {
      const segments = Array.from(
        { length: integer(0, 4) },
        () => pick(["users", "trpc", "a.b", String(integer(1, 40)), "0f8fad5b-d9cb-469f"]),
      );
      const query = pick(["", "?page=2", `?token=${integer(1, 9)}`, "?operationName=Q"]);
      const url = `/${segments.join("/")}${query}${oneIn(50) ? "x".repeat(600) : ""}`;
      const pattern = pick([undefined, undefined, "/users/:user", "/:any", "*"]);
      const redacted = STANDARD_REDACTION.url(url);
      const { url: told, route } = names.of(url, pattern);
      assert.deepEqual([told, route], [redacted, routeOf({ url: redacted, pattern })]);
    }
  },
);

testRandomly("a memo has what was set last for a text, or nothing", 20, ({ integer }) => {
  const memo = new Memo<number>();
  const set = new Map<string, number>();
  let found = 0;
  for (let i = 0; i < 5000; i++) {
    const text = `/${"x".repeat(integer(0, 3))}${integer(0, 400)}`;
    const value = memo.get(text);
    if (value !== undefined) assert.equal(value, set.get(text));
    if (value !== undefined) found++;
    memo.set(text, i);
    set.set(text, i);
  }
  assert.ok(found > 2000, `${found} of 5000`);
});
