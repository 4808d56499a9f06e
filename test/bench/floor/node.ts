/** A preload of `floor.ts` for Node: the agent's way up to the step that the environment names. */
import { executionAsyncResource } from "node:async_hooks";
import { subscribe } from "node:diagnostics_channel";
import { openLedger, running, switchTo } from "../../../src/agent/ledger.ts";
import { ListeningServers } from "../../../src/agent/listening.ts";
import { ExitHooks } from "../../../src/agent/node/exit_hooks.ts";
import { watchServers } from "../../../src/agent/node/first_server.ts";
import { findFrames, keep } from "../../../src/agent/node/context/frames.ts";
import { enableWithoutPromises } from "../../../src/agent/node/context/hooks_without_promises.ts";
import { mark, markNew, markOf } from "../../../src/agent/node/context/marks.ts";
import { followContexts } from "../../../src/agent/node/context/mod.ts";
import { onPromise } from "../../../src/agent/node/context/promise_watchers.ts";
import { nodeHost } from "../../../src/agent/node/host.ts";
import { threadExecution } from "../../../src/agent/thread_execution.ts";
import { FloorAccount, startRecord } from "./record.ts";
import { has } from "./steps.ts";
import { startWindows } from "./windows.ts";

const listening = new ListeningServers();
const servers = watchServers(start, listening);

function start(): void {
  if (has("sampler")) startWindows({ deliver: (act) => act(), hasLedger: has("ledger") });
  if (has("ledger")) openLedger();
  if (has("record")) return startRecord(nodeHost({ servers, listening, ends: new ExitHooks() }));
  if (has("ledger")) followWithLedger();
  else if (has("before")) followWithout();
}

/** The agent's own following, for requests of which nothing is noted. */
function followWithLedger(): void {
  const { enter } = followContexts(threadExecution(() => {}));
  const accounts = new WeakMap<object, FloorAccount>();
  subscribe("http.server.request.start", (event) => {
    const account = new FloorAccount();
    accounts.set((event as { response: object }).response, account);
    enter(account);
  });
  subscribe("http.server.response.finish", (event) => {
    const account = accounts.get((event as { response: object }).response)!;
    account.closed = true;
    if (running() === account) switchTo(null);
  });
}

/** Hooks that do nothing, and, with the step of contexts, what carries an account along. */
function followWithout(): void {
  const carriesMarks = has("context") && !findFrames();
  let current: FloorAccount | undefined;
  if (carriesMarks) {
    enableWithoutPromises({
      init: (_id, _type, _trigger, resource) => current && mark(resource, current),
      before: () => current = markOf(executionAsyncResource()) as FloorAccount | undefined,
    });
    onPromise({
      init: (promise) => current && markNew(promise, current),
      before: (promise) => current = markOf(promise) as FloorAccount | undefined,
    });
  } else {
    enableWithoutPromises({ before() {} });
    if (has("promises")) onPromise({ before() {} });
  }
  if (!has("channels")) return;
  subscribe("http.server.request.start", () => {
    if (carriesMarks) mark(executionAsyncResource(), current = new FloorAccount());
    else if (has("context")) keep(new FloorAccount());
  });
  subscribe("http.server.response.finish", () => {});
}
