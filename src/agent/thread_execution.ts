/** The execution of this thread: it acts on the ledger. */
import { now } from "./clock.ts";
import { Execution } from "./execution.ts";
import {
  type Account,
  beginOutside,
  endOutside,
  forgetOutside,
  isOutsideTimed,
  running,
  switchTo,
} from "./ledger.ts";
import { original } from "./originals.ts";
import { openCount } from "./requests.ts";

/** Makes it. `leave` is called with the account of each callback and reaction that has returned. */
export function threadExecution(leave: (account: Account) => void): Execution {
  return new Execution({
    running,
    switchTo,
    beginOutside,
    endOutside,
    isOutsideTimed,
    forgetOutside,
    leave,
    now,
    slept: original.tellsSleep ? () => original.idleTime() * 1000 : undefined,
    isAnyOpen: () => openCount() > 0,
  });
}
