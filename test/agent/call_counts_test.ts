import assert from "node:assert/strict";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { countCalls } from "../../src/agent/call_counts.ts";
import type { InspectorUse } from "../../src/agent/inspector.ts";
import { openRequest } from "../../src/agent/requests.ts";
import { closeIfOver, type OpenRequest } from "../../src/agent/requests.ts";
import type { CallsMessage } from "../../src/protocol/messages.ts";

/** What V8 says, as the agent is told. */
const taken: WeakRef<object>[] = [];

/** V8 that has counted one call of one function whenever it is asked. */
class Session {
  connect(): void {}
  disconnect(): void {}
  post(method: string, answer?: unknown): void {
    if (method !== "Profiler.takePreciseCoverage" || typeof answer !== "function") return;
    const functions = (functionName: string, count: number) => [
      { functionName, isBlockCoverage: false, ranges: [{ startOffset: 7, count }] },
    ];
    const result = [
      { scriptId: "1", url: "profsrv:agent", functions: functions("profsrvCountedCall", 3) },
      { scriptId: "2", url: "file:///app.js", functions: functions("work", 1) },
    ];
    taken.push(new WeakRef(result[1]!));
    answer(null, { result });
  }
}

function open(): OpenRequest {
  const facts = () => ({ method: "GET", url: "/", host: "x", http: "1.1", status: 200, bytes: 1 });
  return openRequest({ isOver: () => true, outcome: () => "finished", facts, release: () => {} });
}

Deno.test("an upgraded connection that stays open beside requests keeps no more than a sum of its calls", async () => {
  const sent: CallsMessage[] = [];
  const inspector = { hasOthers: () => false, load: () => ({ Session }) } as unknown as InspectorUse;
  const send = (it: CallsMessage) => sent.push(it) > 0;
  const stop = countCalls({ host: { withDelivery: (act) => act() }, inspector, send });
  const connection = open();
  for (let n = 0; n < 100; n++) closeIfOver(open());
  setFlagsFromString("--expose-gc");
  const gc = runInNewContext("gc") as () => void;
  // What a WeakRef has been made of stays until this turn of the event loop is over.
  await new Promise((resolve) => setTimeout(resolve));
  gc();
  assert.ok(taken.filter((it) => it.deref() !== undefined).length <= 2);
  closeIfOver(connection);
  stop!();
  assert.deepEqual(sent.map(({ scripts }) => scripts[0]!.functions), [
    ...Array.from({ length: 100 }, () => ["work", 7, 1]),
    ["work", 7, 101],
  ]);
});
