/** Notices that the first HTTP server of this thread is about to listen. */
import type { Server } from "node:http";
import { Server as NetServer } from "node:net";
import { noteServer } from "../listening.ts";
import { observe } from "../observed.ts";

/** Waits for the first server of HTTP/2; by then the recorder is there. */
let whenHttp2: (() => void) | undefined;

/** Calls `start` once, when `listen` of an HTTP server of any version is looked up; until then it costs nothing. */
export function onFirstServer(start: () => void): void {
  let hasStarted = false;
  const restore = observe(NetServer.prototype, "listen", (server) => {
    const isHttp2 = isHttp2Server(server);
    if (!isHttp2 && !isHttpServer(server)) return;
    noteServer(server);
    if (!hasStarted) start();
    hasStarted = true;
    if (!isHttp2) return;
    restore();
    whenHttp2?.();
  });
}

/** Calls `start` once, when the first server of HTTP/2 is about to listen. */
export function onHttp2Server(start: () => void): void {
  whenHttp2 = start;
}

/** Their classes are not exported; among servers only they have this method. https://nodejs.org/api/http2.html#serverupdatesettingssettings */
function isHttp2Server(server: unknown): boolean {
  return server instanceof NetServer && "updateSettings" in server;
}

function isHttpServer(server: unknown): boolean {
  // If it is one then node:http is loaded already.
  const { Server } = require("node:http") as { Server: new () => Server };
  return server instanceof NetServer && (server instanceof Server || server instanceof httpsServer());
}

function httpsServer(): new () => Server {
  return (require("node:https") as { Server: new () => Server }).Server;
}
