/** Accounts of objects that are not ours, where nobody sees them: a private field costs what a symbol does, and shows nowhere. */
import type { Account } from "../../ledger.ts";

class Anything {
  constructor(object: object) {
    return object;
  }
}

class Mark extends Anything {
  #account: Account;

  constructor(object: object, account: Account) {
    super(object);
    this.#account = account;
  }

  static of(object: object): Account | undefined {
    return #account in object ? object.#account : undefined;
  }

  static change(object: object, account: Account): void {
    if (#account in object) object.#account = account;
    else new Mark(object, account);
  }
}

/** Marks an object. */
export const mark = Mark.change;

/** Marks one that was just made, which is cheaper. */
export function markNew(object: object, account: Account): void {
  new Mark(object, account);
}

/** What an object is marked with. */
export const markOf = Mark.of;
