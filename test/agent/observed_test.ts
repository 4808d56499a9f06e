import assert from "node:assert/strict";
import { observe } from "../../src/agent/observed.ts";

class Base {
  method(this: unknown): string {
    return new Error("here").stack ?? "";
  }
}

Deno.test("reading an observed method is noticed, and gives the very same function", () => {
  const { method } = Base.prototype;
  const seen: unknown[] = [];
  const restore = observe(Base.prototype, "method", (receiver) => seen.push(receiver));
  const base = new Base();
  assert.equal(base.method, method);
  assert.deepEqual(seen, [base]);
  assert.ok(!base.method().includes("observed.ts"), "no frame of ours is on its stack");
  restore();
  assert.equal(base.method, method);
  assert.equal(seen.length, 2, "after restore nothing is noticed");
  assert.deepEqual(Object.getOwnPropertyDescriptor(Base.prototype, "method")?.writable, true);
});

Deno.test("assigning to an instance changes that instance only", () => {
  const restore = observe(Base.prototype, "method", () => {});
  const [one, other] = [new Base(), new Base()];
  const own = () => "own";
  one.method = own;
  assert.equal(one.method, own);
  assert.notEqual(other.method, own);
  assert.deepEqual(Object.getOwnPropertyDescriptor(one, "method"), {
    value: own,
    writable: true,
    enumerable: true,
    configurable: true,
  });
  restore();
});

Deno.test("assigning to the observed object itself is kept, and still noticed", () => {
  const target: { method(): string } = { method: () => "first" };
  let reads = 0;
  const restore = observe(target, "method", () => reads++);
  target.method = () => "second";
  assert.equal(target.method(), "second");
  assert.equal(reads, 1);
  restore();
  assert.equal(target.method(), "second");
});

Deno.test("an inherited method stays inherited: what its prototype says later counts", () => {
  class Child extends Base {}
  const child = new Child();
  const restore = observe(child, "method", () => {});
  const replaced = () => "replaced";
  const { method } = Base.prototype;
  Base.prototype.method = replaced;
  assert.equal(child.method, replaced);
  Base.prototype.method = method;
  restore();
  assert.ok(!Object.hasOwn(child, "method"));
});

Deno.test("an accessor of somebody else's goes on working, and comes back", () => {
  let value = () => "theirs";
  const target = {
    get method() {
      return value;
    },
    set method(it) {
      value = it;
    },
  };
  let reads = 0;
  const restore = observe(target, "method", () => reads++);
  assert.equal(target.method(), "theirs");
  target.method = () => "set";
  assert.equal(value(), "set");
  assert.equal(target.method(), "set");
  assert.equal(reads, 2);
  restore();
  assert.equal(target.method(), "set");
  assert.equal(reads, 2);
});

Deno.test("what somebody defined, froze or had frozen stays as it is", () => {
  const defined = { method: () => "first" };
  const restoreDefined = observe(defined, "method", () => {});
  Object.defineProperty(defined, "method", { value: () => "defined", configurable: true });
  restoreDefined();
  assert.equal(defined.method(), "defined");

  const frozenLater = { method: () => "first" };
  const restoreFrozen = observe(frozenLater, "method", () => {});
  Object.freeze(frozenLater);
  restoreFrozen();
  assert.equal(frozenLater.method(), "first");

  const frozen = Object.freeze({ method: () => "first" });
  observe(frozen, "method", () => {})();
  assert.equal(frozen.method(), "first");
});
