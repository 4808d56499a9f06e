import assert from "node:assert/strict";
import { takeFaults } from "../../src/agent/guarded.ts";
import { openLedger, switchTo } from "../../src/agent/ledger.ts";
import {
  closeAllOver,
  closeIfOver,
  type Exchange,
  openCount,
  openRequest,
  takeEnded,
  takeLost,
} from "../../src/agent/requests.ts";
import type { RequestInfo } from "../../src/profile/request.ts";
import { received } from "../support/received.ts";

openLedger();

/** An exchange that is over; what a test does not care about is made up. */
function exchange(url: string, known: Partial<Exchange> = {}): Exchange {
  const facts = () => ({ method: "GET", url, host: "x", http: "1.1", status: 200, bytes: 1 });
  return { isOver: () => true, outcome: () => "finished", facts, release: () => {}, ...known };
}

function ended(): RequestInfo[] {
  return received(takeEnded(0).requests, 0);
}

function fail(): never {
  throw new TypeError("the application's own getter");
}

for (const part of ["isOver", "outcome", "facts", "release"] as const) {
  Deno.test(`an exchange whose ${part} throws leaves no request open, and hinders no other`, () => {
    const before = openCount();
    openRequest(exchange("/first"));
    openRequest(exchange("/broken", { [part]: fail }));
    openRequest(exchange("/last"));
    closeAllOver();
    assert.equal(openCount(), before);
    const told = ended().map(({ url, outcome }) => `${url} ${outcome}`);
    const lost = takeLost();
    assert.ok(told.includes("/first finished") && told.includes("/last finished"));
    assert.equal(told.length + lost, 3, "it is told, or counted as lost");
    assert.equal(lost, part === "facts" ? 1 : 0);
    assert.deepEqual(takeFaults(), ["TypeError: the application's own getter"]);
  });
}

Deno.test("times that contradict each other are changed, and the request says so", () => {
  const [lawful, longer, negative] = ["/lawful", "/longer", "/negative"].map((url) =>
    openRequest(exchange(url))
  );
  switchTo(lawful!);
  switchTo(null);
  longer!.runTime += 1_000_000;
  negative!.runTime -= 1000;
  for (const it of [lawful, longer, negative]) closeIfOver(it!);
  const told = new Map(ended().map((it) => [it.url, it]));
  assert.deepEqual([...told.values()].map((it) => it.isClamped ?? false), [false, true, true]);
  for (const { duration, cpu, blocked } of told.values()) {
    assert.ok(cpu >= 0 && blocked >= 0 && cpu + blocked <= duration);
  }
});

Deno.test("rounding alone is no contradiction", () => {
  for (let i = 0; i < 2000; i++) {
    const request = openRequest(exchange("/"));
    switchTo(request);
    if (i % 2 === 0) switchTo(null);
    closeIfOver(request);
    assert.deepEqual(ended().map((it) => it.isClamped), [undefined]);
  }
});
