import assert from "node:assert/strict";
import { decodeFrames, encodeFrame, frameLength, MAX_FRAME_BYTES } from "../../src/protocol/framing.ts";
import type { AgentMessage } from "../../src/protocol/messages.ts";

const bye = (turns: number): AgentMessage => ({
  kind: "bye",
  startTime: 20,
  stopTime: 0,
  turns,
  turnTime: 0.5,
  longestTurn: 0.25,
  notices: 9,
  noticeTime: 0.001,
  bytes: 2000,
});
const frame = (message: AgentMessage) => encodeFrame(JSON.stringify(message));

Deno.test("frames come out as they went in, and the bytes they took are told", () => {
  const bytes = Buffer.concat([frame(bye(1)), frame(bye(2))]);
  assert.deepEqual(decodeFrames(bytes), {
    messages: [bye(1), bye(2)],
    consumed: bytes.length,
    unreadable: 0,
    isDamaged: false,
  });
});

Deno.test("a frame cut off anywhere waits for the rest", () => {
  const first = frame(bye(1));
  const bytes = Buffer.concat([first, frame(bye(2))]);
  for (let end = first.length; end < bytes.length; end++) {
    assert.deepEqual(decodeFrames(bytes.subarray(0, end)), {
      messages: [bye(1)],
      consumed: first.length,
      unreadable: 0,
      isDamaged: false,
    });
  }
});

Deno.test("lengths are in bytes, not in characters", () => {
  const text = {
    kind: "trouble",
    text: "Zürich → 東京 🗼",
    droppedWindows: 0,
    droppedRequests: 0,
    droppedSwitches: 0,
  };
  assert.deepEqual(decodeFrames(encodeFrame(JSON.stringify(text))).messages, [text]);
});

Deno.test("what is attached arrives as it was, and outlives what it was read with", () => {
  const attached = Uint8Array.from({ length: 300 }, (_, i) => i);
  const bytes = Buffer.concat([encodeFrame(JSON.stringify(bye(1)), attached), frame(bye(2))]);
  assert.deepEqual(decodeFrames(bytes.subarray(0, 400)), {
    messages: [],
    consumed: 0,
    unreadable: 0,
    isDamaged: false,
  });
  const { messages, consumed } = decodeFrames(bytes);
  bytes.fill(0);
  assert.deepEqual(messages, [{ ...bye(1), attached }, bye(2)]);
  assert.equal(consumed, bytes.length);
});

Deno.test("a frame that is not JSON is counted, and the next one is read", () => {
  const bytes = Buffer.concat([encodeFrame("{nonsense"), frame(bye(2))]);
  const { messages, unreadable, consumed } = decodeFrames(bytes);
  assert.deepEqual([messages, unreadable, consumed], [[bye(2)], 1, bytes.length]);
});

for (const at of [0, 4]) {
  Deno.test(`a length that cannot be, at ${at}, ends the reading`, () => {
    const bytes = frame(bye(1));
    bytes.writeUInt32LE(MAX_FRAME_BYTES + 1, at);
    assert.deepEqual(decodeFrames(bytes), {
      messages: [],
      consumed: bytes.length,
      unreadable: 1,
      isDamaged: true,
    });
  });
}

Deno.test("the beginning of a frame tells how long it is, as far as it goes", () => {
  const bytes = encodeFrame(JSON.stringify(bye(1)), new Uint8Array(9));
  const lengths = [0, 1, 7, 8, 9, bytes.length].map((end) => frameLength(bytes.subarray(0, end)));
  assert.deepEqual(lengths, [0, 8, 8, bytes.length, bytes.length, bytes.length]);
});
