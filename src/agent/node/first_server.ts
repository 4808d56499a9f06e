/** Notices the first HTTP server of this thread: before it listens or, where others listen for it, by its first request. */
import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { Server } from "node:net";
import { guarded } from "../guarded.ts";
import type { HttpEvent } from "./http_message.ts";
import type { ListeningServers } from "../listening.ts";
import { observe } from "../observed.ts";
import { original } from "../originals.ts";

/** https://nodejs.org/api/diagnostics_channel.html#http */
const REQUEST = "http.server.request.start";
/** Node 22 and newer. https://nodejs.org/api/diagnostics_channel.html#http2 */
const STREAM = "http2.server.stream.created";

/** What is noticed of servers once one was found. */
export interface ServerWatch {
  /** Calls `act` for each request of HTTP/1 from now on; one that comes in just now is the first. */
  onRequest(act: (event: HttpEvent) => void): void;
  /** Calls `act`, which does not throw, when further HTTP servers are about to listen. */
  onServer(act: () => void): void;
  /** Calls `act` once, when the first server of HTTP/2 is about to listen or gets its first stream. */
  onHttp2Server(act: () => void): void;
}

/**
 * Calls `start` once: when an HTTP server of any version is about to listen, or when a request comes to one that does not. By then this
 * has returned.
 *
 * Whichever `listen` is called, and however, in the end Node looks `_listen2` up on the server (lib/net.js, unchanged from 18 to 26).
 * Sockets that the application hands over, by `server.emit("connection", socket)`, are not listened for.
 */
export function watchServers(start: () => void, listening: ListeningServers): ServerWatch {
  let whenRequested: ((event: HttpEvent) => void) | undefined;
  let whenServer: (() => void) | undefined;
  let whenHttp2: (() => void) | undefined;
  let hasStarted = false;
  const startOnce = () => {
    if (hasStarted) return;
    hasStarted = true;
    start();
  };
  let isOver = false;
  let restore = () => {};
  const watch = () => {
    if (!isOver) restore = observe(Server.prototype, "_listen2", found);
  };
  // The stack of an error of `_listen2` names the property, `[as _listen2]`, only if it is none of ours meanwhile. Node emits the
  // error by a tick, which comes after this one; servers that listen until then are noticed.
  let isLooking = true;
  const lookAway = () => {
    if (!isLooking) return;
    isLooking = false;
    original.nextTick(() => {
      restore();
      original.setTimeout(() => {
        isLooking = true;
        watch();
        // For those that listened meanwhile.
        whenServer?.();
      }, 0).unref();
    });
  };
  const found = (server: unknown) => {
    lookAway();
    const isHttp2 = isHttp2Server(server);
    if (!isHttp2 && !isHttpServer(server)) return;
    listening.note(server);
    whenServer?.();
    startOnce();
    if (isHttp2) foundHttp2();
  };
  const foundHttp2 = () => {
    isOver = true;
    restore();
    unsubscribe(STREAM, foundByStream);
    whenHttp2?.();
  };
  const foundByStream = guarded(() => {
    startOnce();
    foundHttp2();
  });
  subscribe(
    REQUEST,
    guarded((event: unknown) => {
      startOnce();
      whenRequested?.(event as HttpEvent);
    }),
  );
  subscribe(STREAM, foundByStream);
  watch();
  return {
    onRequest: (act) => whenRequested = act,
    onServer: (act) => whenServer = act,
    onHttp2Server: (act) => whenHttp2 = act,
  };
}

/** Their classes are not exported; among servers only they have this method. https://nodejs.org/api/http2.html#serverupdatesettingssettings */
function isHttp2Server(server: unknown): boolean {
  return server instanceof Server && "updateSettings" in server;
}

/** By what only they have: their prototypes may be replaced. https://nodejs.org/api/http.html#servermaxheaderscount */
function isHttpServer(server: unknown): boolean {
  return server instanceof Server && "maxHeadersCount" in server;
}
