/** Events that Node is about to emit, kept from the application until their time: on servers, sessions and sockets of Node. */
import { AsyncResource } from "node:async_hooks";
import { guarded } from "../guarded.ts";

type Emit = (...args: unknown[]) => unknown;

/** Names the emit that is meant: its event, and whether its arguments are those of it. */
export type Means = (event: unknown, args: readonly unknown[]) => boolean;

/** Decides about an emit: `emit` does it, after `before`, in the context and with the arguments that it had. */
type Take = (emit: (before: () => void) => void) => void;

/**
 * The next time that `emit` is looked up on `target`, which must be at once, `take` decides about that call, if it is the one that
 * is meant. Until then `target` has a property of its own; false if it can have none.
 */
export function holdNextEmit(target: object, isMeant: Means, take: Take): boolean {
  letNextEmit(target);
  const own = Object.getOwnPropertyDescriptor(target, "emit");
  const held: PropertyDescriptor = {
    configurable: true,
    enumerable: own?.enumerable ?? false,
    get() {
      disarm();
      const emit = Reflect.get(target, "emit") as Emit;
      const context = new AsyncResource("profsrv");
      return function (this: unknown, ...args: unknown[]): unknown {
        if (!isMeant(args[0], args)) return Reflect.apply(emit, this, args);
        take((before) =>
          context.runInAsyncScope(() => {
            guarded(before)();
            Reflect.apply(emit, this, args);
          })
        );
        return true;
      };
    },
    set(value) {
      disarm();
      Reflect.set(target, "emit", value);
    },
  };
  const disarm = () => {
    disarming.delete(target);
    if (Object.getOwnPropertyDescriptor(target, "emit")?.get !== held.get) return;
    if (own === undefined) Reflect.deleteProperty(target, "emit");
    else Object.defineProperty(target, "emit", own);
  };
  disarming.set(target, disarm);
  return Reflect.defineProperty(target, "emit", held);
}

/** What takes the property away again, by target. */
const disarming = new WeakMap<object, () => void>();

/** Node has not looked `emit` up and will not: the property goes. */
export function letNextEmit(target: object): void {
  disarming.get(target)?.();
}

/** What `target` emits until the returned function is called goes to `on`, which says whether the application may have it. */
export function filterEmits(target: object, on: (event: unknown, args: unknown[]) => boolean): () => void {
  const own = Object.getOwnPropertyDescriptor(target, "emit");
  const emit = Reflect.get(target, "emit") as Emit;
  const filtered = function (this: unknown, ...args: unknown[]): unknown {
    return on(args[0], args) ? Reflect.apply(emit, this, args) : true;
  };
  if (!Reflect.defineProperty(target, "emit", { configurable: true, writable: true, value: filtered })) {
    return () => {};
  }
  return () => {
    if (Reflect.get(target, "emit") !== filtered) return;
    if (own === undefined) Reflect.deleteProperty(target, "emit");
    else Object.defineProperty(target, "emit", own);
  };
}
