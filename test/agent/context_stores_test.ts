import assert from "node:assert/strict";
import { takeFaults } from "../../src/agent/guarded.ts";
import { openLedger, switchTo } from "../../src/agent/ledger.ts";
import { watchContextStores } from "../../src/agent/context_stores.ts";
import { closeIfOver, type Exchange, openRequest } from "../../src/agent/requests.ts";

openLedger();

/** What is told of a request in which the application sets these contexts, one after another. */
function told(contexts: readonly (readonly [unknown, unknown][])[], look = watchContextStores()): unknown {
  const exchange: Exchange = {
    isOver: () => true,
    outcome: () => "finished",
    facts: () => ({ method: "GET", url: "/", host: "x", http: "1.1", status: 200, bytes: 1 }),
    release: () => {},
  };
  const request = openRequest(exchange);
  switchTo(request, 0);
  for (const context of contexts) look(context);
  switchTo(null, 0);
  const pattern = exchange.told?.later?.();
  closeIfOver(request);
  return pattern;
}

const storage = {};
const event = (id: string | null) => ({ event: { route: { id } }, state: {} });

Deno.test("the route id in a context of SvelteKit's is the pattern, also where it is found later", () => {
  const late = event(null);
  const look = watchContextStores();
  assert.equal(told([[[{}, 7], [storage, event("/shop/[id]")]]], look), "/shop/[id]");
  assert.equal(told([[[{}, event("/other")], [storage, late]]], look), null, "that of the same storage");
  late.event.route = { id: "/late/[id]" };
  assert.equal(told([[[storage, late]], [[storage, event("/second")]]], look), "/late/[id]", "the first");
});

Deno.test("other contexts tell nothing, and no code of the application's runs", () => {
  const fail = () => {
    throw new Error("the application's own");
  };
  const traps = { get: fail, getOwnPropertyDescriptor: fail };
  const own = Object.defineProperty({}, "event", { get: fail });
  for (const store of [undefined, 7, "event", {}, { event: { route: 7 } }, new Proxy({}, traps), own]) {
    assert.equal(told([[[storage, store]]]), undefined);
  }
  assert.deepEqual(takeFaults(), []);
});

Deno.test("where no context is such a one few are looked at in full, but none is left out for good", () => {
  const look = watchContextStores();
  const others = Array.from({ length: 3000 }, () => [[{}, {}]] as [unknown, unknown][]);
  assert.equal(told(others, look), undefined);
  const one = [[storage, event("/shop/[id]")]] as [unknown, unknown][];
  assert.equal(told(Array.from({ length: 64 }, () => one), look), "/shop/[id]");
});
