/** The execution of this thread: it acts on the ledger. */
import { Execution } from "./execution.ts";
import { type Account, beginOutside, endOutside, forgetOutside, running, switchTo } from "./ledger.ts";
import { openCount } from "./requests.ts";

/** Makes it. `leave` is called with the account of each callback and reaction that has returned. */
export function threadExecution(leave: (account: Account) => void): Execution {
  return new Execution({
    running,
    switchTo,
    beginOutside,
    endOutside,
    forgetOutside,
    leave,
    isAnyOpen: () => openCount() > 0,
  });
}
