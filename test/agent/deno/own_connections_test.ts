import assert from "node:assert/strict";
import { setImmediate as nextImmediate } from "node:timers/promises";
import { createRequire } from "node:module";
import { followOwnConnections } from "../../../src/agent/deno/own_connections.ts";

// The agent is one CommonJS text.
Object.assign(globalThis, { require: createRequire(import.meta.url) });

/** What happens while the agent follows, with another `fetch` of the application's. */
async function following(fetch: () => unknown, act: () => unknown): Promise<void> {
  const own = globalThis.fetch;
  globalThis.fetch = fetch as typeof own;
  try {
    followOwnConnections();
    await act();
  } finally {
    globalThis.fetch = own;
  }
}

Deno.test("a fetch that fails and that nobody waits for is still an unhandled rejection, and others are not", async () => {
  const unhandled: unknown[] = [];
  const note = (event: PromiseRejectionEvent) => {
    event.preventDefault();
    unhandled.push(event.reason);
  };
  globalThis.addEventListener("unhandledrejection", note);
  try {
    let count = 0;
    await following(() => Promise.reject(++count), async () => {
      fetch("http://localhost/unwatched");
      await assert.rejects(fetch("http://localhost/watched"), (it) => it === 2);
      await nextImmediate();
    });
    assert.deepEqual(unhandled, [1]);
  } finally {
    globalThis.removeEventListener("unhandledrejection", note);
  }
});

Deno.test("what stands in for fetch may answer with anything", () =>
  following(() => undefined, () => assert.equal(fetch("http://localhost/") as unknown, undefined)));
