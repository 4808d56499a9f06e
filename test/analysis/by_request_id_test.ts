import assert from "node:assert/strict";
import { ByRequestId } from "../../src/analysis/by_request_id.ts";
import { testRandomly } from "../support/random.ts";

const STRANGE = [
  "",
  "-",
  "a",
  "7",
  "-7",
  "a-",
  "a-0",
  "a-00",
  "a-07",
  "a-7",
  "a-7-7",
  "a7",
  "a--7",
  "a-9007199254740993",
  "a-9007199254740992",
];

testRandomly("it holds what a map holds, whatever the ids are", 200, ({ integer, pick, oneIn }) => {
  const own = new ByRequestId<number>();
  const plain = new Map<string, number>();
  for (let i = 0; i < 200; i++) {
    const id = oneIn(2) ? pick(STRANGE) : `${pick(["3ad6cc28", "3ad6cc2", "b"])}-${integer(1, 12)}`;
    if (oneIn(4)) {
      assert.equal(own.claim(id), plain.get(id), id);
      plain.delete(id);
    } else if (oneIn(2)) {
      own.set(id, i);
      plain.set(id, i);
    } else assert.equal(own.get(id), plain.get(id), id);
    assert.equal(own.size, plain.size);
  }
});
