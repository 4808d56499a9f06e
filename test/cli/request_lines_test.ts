import assert from "node:assert/strict";
import { plain } from "../../src/cli/colours.ts";
import { RequestLines } from "../../src/cli/request_lines.ts";
import { entryOf } from "./entries.ts";

/** Lines said, at a clock that the test turns. */
function lines() {
  const said: string[] = [];
  const clock = { now: Date.UTC(2026, 0, 1) };
  const requests = new RequestLines({
    paint: plain,
    width: () => 100,
    known: () => undefined,
    say: (text) => void said.push(...text.split("\n")),
    now: () => clock.now,
  });
  return { said, clock, requests };
}

function many(count: number, route: string, status = 200) {
  return Array.from({ length: count }, () => entryOf({ route, url: route, status, files: [] }));
}

Deno.test("each request has its line, up to 50 in a second", () => {
  const { said, clock, requests } = lines();
  for (let second = 0; second < 3; second++, clock.now += 1000) {
    requests.add(many(30, "/a"));
    requests.add(many(20, "/b"));
  }
  requests.flush();
  assert.equal(said.length, 150);
});

Deno.test("more than 50 in a second are counted by route, in one line a second", () => {
  const { said, clock, requests } = lines();
  for (let second = 0; second < 5; second++, clock.now += 1000) {
    for (let batch = 0; batch < 10; batch++) requests.add([...many(200, "/a"), ...many(2, "/b", 503)]);
  }
  requests.add(many(3, "/c"));
  clock.now += 1000;
  requests.add(many(3, "/c"));
  requests.flush();
  assert.equal(said.length, 9);
  for (const line of said.slice(0, 5)) {
    assert.match(line, /^\[.{20}\] 2,020 requests \(20 failed\): 2,000 GET \/a, 20 GET \/b$/);
  }
  assert.match(said[5]!, /\] 3 requests: 3 GET \/c$/);
  assert.match(said[6]!, /"GET \/c HTTP/);
});

const floods = [
  ["small batches", 100, [10]],
  ["a small batch and a large one each second", 500, [400, 40]],
  ["batches after long pauses", 1500, [40, 400]],
] as const;
for (const [what, pause, sizes] of floods) {
  Deno.test(`a flood that arrives in ${what} has one line a second at most`, () => {
    const { said, clock, requests } = lines();
    requests.add(many(500, "/a"));
    for (let batch = 0; batch < 20_000 / pause; batch++) {
      clock.now += pause;
      requests.add(many(sizes[batch % sizes.length]!, "/a"));
    }
    requests.flush();
    assert.ok(said.length <= 21, said.join("\n"));
  });
}

Deno.test("after a flood and a pause each request has its line", () => {
  const { said, clock, requests } = lines();
  requests.add(many(500, "/a"));
  clock.now += 6000;
  requests.add(many(3, "/c"));
  requests.flush();
  assert.equal(said.length, 4);
  assert.match(said[1]!, /"GET \/c HTTP/);
});

Deno.test("the line of a second names the routes with most requests, and fits the terminal", () => {
  const { said, requests } = lines();
  for (let at = 1; at < 9; at++) requests.add(many(at * 10, `/${at}`.repeat(9)));
  requests.flush();
  assert.ok(said.at(-1)!.length <= 100, said.join());
  assert.match(said.at(-1)!, /\] 330 requests: 80 GET \/8/);
});
