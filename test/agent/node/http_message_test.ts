/** What is read of Node's responses. */
import assert from "node:assert/strict";
import { withoutFraming } from "../../../src/agent/node/http_message.ts";

Deno.test("a body of one chunk is as large as it was, whatever its size", () => {
  for (let size = 1; size <= 70_000; size++) {
    const framed = `${size.toString(16)}\r\n\r\n`.length + size;
    assert.equal(withoutFraming(framed), size);
  }
});

Deno.test("where no chunk can have been there is no data", () => {
  for (let bytes = -5; bytes <= 5; bytes++) assert.equal(withoutFraming(bytes), 0);
});
