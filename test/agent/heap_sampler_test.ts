import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { HeapSampler } from "../../src/agent/heap_sampler.ts";
import type { InspectorUse } from "../../src/agent/inspector.ts";
import { closeIfOver, endTurn, openRequest } from "../../src/agent/requests.ts";
import type { HeapMessage } from "../../src/protocol/messages.ts";

// The agent is a script of CommonJS.
(globalThis as { require?: unknown }).require = createRequire(import.meta.url);

const callFrame = {
  functionName: "work",
  scriptId: "2",
  url: "file:///app.js",
  lineNumber: 0,
  columnNumber: 0,
};
const profile = { head: { callFrame, selfSize: 8, id: 1, children: [] }, samples: [] };

/** V8 whose heap nobody else samples. */
class Session {
  connect(): void {}
  disconnect(): void {}
  post(method: string, _: unknown, answer: (error: Error | null, result?: object) => void): void {
    if (method === "HeapProfiler.getSamplingProfile") answer(new Error("no sampling"));
    else answer(null, { profile });
  }
}

Deno.test("what a request allocates beside others is not known, and is not told as if it were all", () => {
  const sent: HeapMessage[] = [];
  const sampler = new HeapSampler(1024, {
    inspector: { hasOthers: () => false, load: () => ({ Session }) } as unknown as InspectorUse,
    host: { withDelivery: (act) => act() },
    cost: { paused: () => {} },
    send: (it) => sent.push(it) > 0,
  });
  sampler.start();
  const facts = () => ({ method: "GET", url: "/", host: "x", http: "1.1", status: 200, bytes: 1 });
  const open = () => openRequest({ isOver: () => true, outcome: () => "finished", facts, release: () => {} });
  const [alone, beside, outer, inner] = [open(), open(), open(), open()];
  const parts = (seq: number) => sent.filter((it) => it.seq === seq).map((it) => it.profile !== null);
  endTurn(outer!, false);
  assert.deepEqual(parts(outer!.seq), [true, false], "its own was told when the other one began");
  closeIfOver(inner!);
  assert.deepEqual(parts(inner!.seq), [true]);
  endTurn(beside!, false);
  closeIfOver(beside!);
  assert.equal(parts(beside!.seq).at(-1), false);
  closeIfOver(alone!);
  assert.ok(parts(alone!.seq).every((it) => it));
  closeIfOver(outer!);
  sampler.stop();
  assert.deepEqual(parts(outer!.seq), [true, false]);
});
