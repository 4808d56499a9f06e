import assert from "node:assert/strict";
import { EventEmitter } from "node:events";
import { takeFaults } from "../../../src/agent/guarded.ts";
import { holdNextEmit } from "../../../src/agent/node/held_events.ts";

/** What emits an event that is held, and what happened. */
function held(meant: object): { server: EventEmitter; log: string[]; emit(before: () => void): void } {
  const server = new EventEmitter();
  const log: string[] = [];
  server.on("request", (it) => log.push(`request ${it.name}`));
  let emitHeld: (before: () => void) => void = () => log.push("nothing is held");
  holdNextEmit(server, (event, args) => event === "request" && args[1] === meant, (emit) => emitHeld = emit);
  return { server, log, emit: (before) => emitHeld(before) };
}

Deno.test("what is emitted of another request, as an application may itself, is not held", () => {
  const { server, log, emit } = held({ name: "meant" });
  server.emit("request", { name: "another" });
  assert.deepEqual(log, ["request another"]);
  emit(() => {});
  assert.deepEqual(log.slice(1), ["nothing is held"]);
  assert.equal(Object.hasOwn(server, "emit"), false);
});

Deno.test("an application gets a request that was held, though the agent fails to record it", () => {
  const meant = { name: "meant" };
  const { server, log, emit } = held(meant);
  server.emit("request", meant);
  assert.deepEqual(log, []);
  emit(() => {
    throw new TypeError("an own getter");
  });
  assert.deepEqual(log, ["request meant"]);
  assert.deepEqual(takeFaults(), ["TypeError: an own getter"]);
});
