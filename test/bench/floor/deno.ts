/** A preload of `floor.ts` for Deno: the agent's way up to the step that the environment names. */
import { createHook } from "node:async_hooks";
import { Callbacks } from "../../../src/agent/deno/callbacks.ts";
import { Contexts } from "../../../src/agent/deno/context.ts";
import { onFirstDenoServer } from "../../../src/agent/deno/first_server.ts";
import { denoHost, withDelivery } from "../../../src/agent/deno/host.ts";
import { ExitHooks } from "../../../src/agent/deno/exit_hooks.ts";
import { ServeRecorder } from "../../../src/agent/deno/serve.ts";
import { ListeningServers } from "../../../src/agent/listening.ts";
import { coreOf, deno, replaceServe } from "../../../src/agent/deno/runtime.ts";
import { throughProxy } from "../../../src/agent/intercept.ts";
import { openLedger, running, switchTo } from "../../../src/agent/ledger.ts";
import { threadExecution } from "../../../src/agent/thread_execution.ts";
import { FloorAccount, startRecord } from "./record.ts";
import { has } from "./steps.ts";
import { startWindows } from "./windows.ts";

type Fn = (...args: unknown[]) => unknown;

const callbacks = has("ledger") ? new Callbacks(deno!) : undefined;
const listening = new ListeningServers();
const serve = new ServeRecorder(listening);
let contexts: Contexts | undefined;
if (has("record")) onFirstDenoServer(deno!, { start, listening, serve });
else {
  replaceServe(deno!, (serve) =>
    throughProxy(serve, (target, self, [options, handler]) => {
      start();
      return Reflect.apply(target, self, [options, has("channels") ? watched(handler as Fn) : handler]);
    }));
}

function start(): void {
  if (has("sampler")) startWindows({ deliver: withDelivery, hasLedger: has("ledger") });
  if (has("ledger")) openLedger();
  if (has("record")) {
    const ends = new ExitHooks(deno!);
    return startRecord(denoHost({ callbacks: callbacks!, listening, serve, ends }));
  }
  if (has("ledger")) {
    contexts = new Contexts(threadExecution(() => {}));
    callbacks!.follow(contexts);
    return;
  }
  const nothing = () => {};
  if (has("before")) {
    createHook({ init: nothing, before: nothing, after: nothing, destroy: nothing }).enable();
  }
  if (has("promises")) coreOf(deno!)!.setPromiseHooks(undefined, nothing, undefined, undefined);
}

/** In place of Node's channels: a proxy of the handler. */
function watched(handler: Fn): Fn {
  const withBoth = new Proxy(handler, { get: (it, key) => key === "length" ? 2 : Reflect.get(it, key) });
  return throughProxy(withBoth, (target, self, args) => {
    if (has("ledger")) return withLedger(target, self, args);
    if (has("context")) coreOf(deno!)!.setAsyncContext(new FloorAccount());
    return Reflect.apply(target, self, args);
  });
}

function withLedger(target: Fn, self: unknown, args: unknown[]): unknown {
  const account = new FloorAccount();
  const close = () => {
    account.closed = true;
    if (running() === account) switchTo(null);
  };
  const { execution } = contexts!;
  execution.nestedBegins(account);
  contexts!.enter(account);
  const answer = Reflect.apply(target, self, args);
  if (answer instanceof Promise) answer.then(close);
  else close();
  contexts!.enter(undefined);
  execution.callbackReturns();
  return answer;
}
