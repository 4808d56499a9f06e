/** Notices that the first server of this Deno thread is about to listen. */
import { type DenoNamespace, replaceServe } from "./runtime.ts";
import type { ServeRecorder } from "./serve.ts";
import type { ListeningServers } from "../listening.ts";
import { observe } from "../observed.ts";

/** Calls `start` once, when `Deno.serve` or `listen` of a `node:http` server is looked up; `deno serve` looks the former up, too. */
export function onFirstDenoServer(
  runtime: DenoNamespace,
  { start, listening, serve: recorder }: {
    readonly start: () => void;
    readonly listening: ListeningServers;
    readonly serve: ServeRecorder;
  },
): void {
  let hasStarted = false;
  const startOnce = () => {
    if (!hasStarted) start();
    hasStarted = true;
  };
  replaceServe(runtime, (serve) => {
    startOnce();
    return recorder.watched(serve);
  });
  onListen((server) => {
    listening.note(server);
    startOnce();
  });
}

/** In some versions these have a `listen` of their own, in others they inherit that of `node:net`. */
function onListen(act: (server: unknown) => void): void {
  const restorers = [require("node:http"), require("node:https")].map(
    ({ Server }: { Server: { prototype: object } }) => {
      return observe(Server.prototype, "listen", (server) => {
        for (const restore of restorers) restore();
        act(server);
      });
    },
  );
}
