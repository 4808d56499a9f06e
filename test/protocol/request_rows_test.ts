import assert from "node:assert/strict";
import type { RequestInfo } from "../../src/profile/request.ts";
import { type EncodedRequests, RequestRows } from "../../src/protocol/request_rows.ts";
import { requestInfo } from "../support/folded.ts";
import { received } from "../support/received.ts";

const LIMITS = { maxRows: 1000, maxText: 10_000 };

function sent(rows: RequestRows, offset = 0): EncodedRequests {
  const { texts, attached } = rows.take(offset);
  return { texts: JSON.parse(JSON.stringify(texts)), attached: attached.slice() };
}

Deno.test("a request arrives as it was sent, with what is absent still absent", () => {
  const bare: RequestInfo = requestInfo({ seq: 1, startAt: 2_500, startedOn: 1_700_000_000_003 });
  const full: RequestInfo = {
    ...bare,
    seq: 2 ** 40,
    url: '/\u{1f40c}\ud800?a="b"',
    bytes: 2 ** 41 + 1,
    pattern: "/:id",
    traceparent: "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
    contentType: "text/html",
    triggered: false,
    outcome: "aborted",
    isClamped: true,
    isBeside: true,
  };
  const beside: RequestInfo = { ...bare, isBeside: true };
  const rows = new RequestRows(LIMITS);
  for (const it of [bare, full, beside, { ...full, triggered: true }]) assert.ok(rows.add(it, it));
  assert.equal(rows.count, 4);
  const epochOffset = 1_700_000_000_000;
  // What is absent is there as undefined, which a text in JSON leaves out.
  const arrived = JSON.parse(JSON.stringify(received(sent(rows), epochOffset)));
  assert.deepEqual(arrived, JSON.parse(JSON.stringify([bare, full, beside, { ...full, triggered: true }])));
  assert.equal(rows.count, 0);
  assert.deepEqual(received(sent(rows), epochOffset), []);
});

Deno.test("instants are moved to the receiver's clock, in whole microseconds", () => {
  const rows = new RequestRows(LIMITS);
  const info = requestInfo({ seq: 1 });
  assert.ok(rows.add(info, { ...info, startAt: 10.4 }));
  const [it] = received(sent(rows, 1000.2), 0);
  assert.equal(it!.startAt, 1011);
});

Deno.test("many requests share their texts, and each text is sent once", () => {
  const rows = new RequestRows(LIMITS);
  const infos = Array.from(
    { length: LIMITS.maxRows },
    (_, i) => requestInfo({ seq: i + 1, url: `/${i % 3}` }),
  );
  for (const info of infos) assert.ok(rows.add(info, info));
  const message = sent(rows);
  assert.equal(new Set(message.texts).size, message.texts.length);
  assert.deepEqual(received(message, 0).map(({ url }) => url), infos.map(({ url }) => url));
});

Deno.test("what is beyond the room there is, is refused, and there is room again afterwards", () => {
  const rows = new RequestRows({ maxRows: 2, maxText: 100 });
  const info = requestInfo({ seq: 1 });
  assert.deepEqual([1, 2, 3].map(() => rows.add(info, info)), [true, true, false]);
  rows.take(0);
  const long = { ...info, url: "/".repeat(101) };
  assert.deepEqual([rows.add(long, long), rows.add(info, info)], [true, false]);
  rows.take(0);
  assert.ok(rows.add(info, info));
});
