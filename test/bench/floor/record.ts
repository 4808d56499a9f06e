/** All of the agent but its messages: what it would send is thrown away. */
import { guarded } from "../../../src/agent/guarded.ts";
import type { Host } from "../../../src/agent/host.ts";
import type { Account } from "../../../src/agent/ledger.ts";
import { original } from "../../../src/agent/originals.ts";
import {
  closeAllOver,
  closeIfOver,
  onManyEnded,
  type OpenRequest,
  takeEnded,
} from "../../../src/agent/requests.ts";
import { threadExecution } from "../../../src/agent/thread_execution.ts";

const TICK = 100;
let lastSeq = 0;

/** Stands for a request where there are no records. */
export class FloorAccount implements Account {
  readonly seq = ++lastSeq;
  runTime = 0;
  closed = false;
}

export function startRecord(host: Host): void {
  const execution = threadExecution(guarded((account) => closeIfOver(account as OpenRequest)));
  onManyEnded(() => takeEnded(0));
  host.followContexts(execution);
  const sweep = host.recordRequests(undefined);
  original.setInterval(() => {
    execution.realign();
    closeAllOver();
    sweep();
    takeEnded(0);
  }, TICK).unref();
}
