/** The frames in which Node 24 and newer keeps what an `AsyncLocalStorage` holds: what is carried along as a context. */
import { AsyncLocalStorage, AsyncResource } from "node:async_hooks";
import { can } from "../../capabilities.ts";
import { symbolOf } from "../../hidden_parts.ts";
import type { Account } from "../../ledger.ts";

/** A map from storages, in a class with access to the present one. */
export type Frame = Context | Map<unknown, Account>;
export interface Frames {
  current(): Frame | undefined;
  set(frame: Frame | undefined): void;
  exchange(frame: Frame | undefined): Frame | undefined;
}

/**
 * A context that holds a request and nothing else, for where the application has nothing in it: made and looked up at a tenth
 * of the cost of a map. To Node, which copies and asks those that it finds, it is like one of its own.
 */
class Context {
  readonly account: Account;

  constructor(account: Account) {
    this.account = account;
  }

  has(key: unknown): boolean {
    return key === storage;
  }

  get(key: unknown): Account | undefined {
    return key === storage ? this.account : undefined;
  }

  [Symbol.iterator](): Iterator<[unknown, Account]> {
    return ([[storage, this.account]] as [unknown, Account][]).values();
  }

  /** `AsyncLocalStorage.disable` of the application's, which has nothing here. */
  disable(): void {}
}

/** The class of frames, with Node's own functions. */
export let frames: Frames;
/** Where an `AsyncResource` keeps its own. */
export let frameSymbol: symbol;
/** The present one. */
export let current: Frames["current"];

let set: Frames["set"];
let storage: AsyncLocalStorage<Account>;

/** Finds them; false if this Node has none. */
export function findFrames(): boolean {
  // One that works by async hooks would have promises tracked by them as soon as it is used.
  if (!can.keepContextsInFrames.probe()) return false;
  storage = new AsyncLocalStorage();
  const before = new AsyncResource("profsrv");
  const inside = storage.run({ seq: 0, runTime: 0, closed: true }, () => new AsyncResource("profsrv"));
  const symbol = symbolOf(inside, "context_frame");
  const found: Frames | undefined = symbol && Reflect.get(inside, symbol)?.constructor;
  if (symbol === undefined || found === undefined) {
    storage.disable();
    return false;
  }
  [frames, frameSymbol] = [found, symbol];
  ({ current, set } = frames);
  // `run` has left a map that says that there is nothing.
  set(Reflect.get(before, symbol));
  return true;
}

/** The present context is that of `account`. */
export function keep(account: Account): void {
  const present = current();
  if (present === undefined || present instanceof Context) set(new Context(account));
  else storage.enterWith(account);
}

/** The account that a context names. */
export function accountIn(frame: Frame | undefined): Account | null {
  if (frame === undefined) return null;
  return frame instanceof Context ? frame.account : frame.get(storage) ?? null;
}

/** Whether a context may hold something of the application's. Node's own are no maps to `instanceof`. */
export function hasOthers(frame: Frame | undefined): frame is Map<unknown, Account> {
  return frame !== undefined && !(frame instanceof Context);
}
