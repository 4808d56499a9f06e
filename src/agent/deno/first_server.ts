/** Notices that the first server of this Deno thread is about to listen. */
import type { DenoNamespace } from "./runtime.ts";
import { watchedServe } from "./serve.ts";
import { noteServer } from "../listening.ts";
import { observe } from "../observed.ts";

/** Calls `start` once, when `Deno.serve` or `listen` of a `node:http` server is looked up; `deno serve` looks the former up, too. */
export function onFirstDenoServer(runtime: DenoNamespace, start: () => void): void {
  let hasStarted = false;
  const startOnce = () => {
    if (!hasStarted) start();
    hasStarted = true;
  };
  onServe(runtime, startOnce);
  onListen(startOnce);
}

/** In some versions these have a `listen` of their own, in others they inherit that of `node:net`. */
function onListen(start: () => void): void {
  const restorers = [require("node:http"), require("node:https")].map(
    ({ Server }: { Server: { prototype: object } }) => {
      return observe(Server.prototype, "listen", (server) => {
        for (const restore of restorers) restore();
        noteServer(server);
        start();
      });
    },
  );
}

function onServe(runtime: DenoNamespace, start: () => void): void {
  const own = Object.getOwnPropertyDescriptor(runtime, "serve");
  if (own === undefined) return;
  let serve: DenoNamespace["serve"] | undefined;
  Object.defineProperty(runtime, "serve", {
    configurable: true,
    enumerable: own.enumerable ?? true,
    get() {
      if (serve !== undefined) return serve;
      start();
      return serve = watchedServe(own.get?.call(runtime) ?? own.value);
    },
    set(value) {
      serve = value;
    },
  });
}
