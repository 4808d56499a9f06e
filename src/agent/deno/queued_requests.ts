/**
 * Requests whose server puts them into a queue and takes them out in a loop of its own, as Oak does: there they lose their
 * context, for the loop's is that of `listen`. The callback that reads the headers first works for the request.
 */
import type { Contexts } from "./context.ts";
import { watcherOf } from "./request.ts";
import { can } from "../capabilities.ts";
import { symbolOf } from "../hidden_parts.ts";
import { throughProxy } from "../intercept.ts";
import type { Account } from "../ledger.ts";
import { observe } from "../observed.ts";

export class QueuedRequests {
  /** Requests of `node:http` whose headers nobody has read yet. */
  private readonly unread = new WeakMap<object, Account>();
  /** Those that were found out this way. The loop goes on in the context of the last of them: it may be taken over. */
  private readonly found = new WeakSet<Account>();
  /** The one that has just come in, before the application knows of it: so far only the runtime reads. */
  private arriving: object | undefined;

  private readonly contexts: Pick<Contexts, "owner" | "enterHere">;

  /** Starts to notice who reads headers. */
  constructor(contexts: Pick<Contexts, "owner" | "enterHere">) {
    this.contexts = contexts;
    watchGetter(Request.prototype, (request) => {
      const watcher = watcherOf(request as Request);
      if (watcher?.isUnread !== true) return;
      watcher.isUnread = false;
      this.handOver(watcher.self);
    });
    const { IncomingMessage, Server } = require("node:http") as typeof import("node:http");
    const noteReader = (request: unknown) => this.noteReader(request as object);
    if (!can.runNodesHttp.probe()) {
      watchGetter(IncomingMessage.prototype, noteReader);
      return;
    }
    // As in Node the headers are put together, line by line, when they are first read, and the runtime does that
    // before it emits `request`. They are forgotten then, so that they are put together for the application.
    observe(IncomingMessage.prototype, "_addHeaderLine", noteReader);
    const { Server: SecureServer } = require("node:https") as typeof import("node:https");
    for (const { prototype } of [Server, SecureServer]) {
      observe(prototype, "emit", () => this.forgetHeaders());
    }
  }

  /** A request of `node:http` has come in. */
  expectReader(request: object, account: Account): void {
    this.unread.set(request, account);
    this.arriving = request;
  }

  private noteReader(request: object): void {
    const account = this.unread.get(request);
    if (account === undefined) return;
    if (request === this.arriving && keptHeaders(request) !== undefined) return;
    this.unread.delete(request);
    this.handOver(account);
  }

  /** What follows works for `account`, if the present context is but that of the loop. */
  private handOver(account: Account): void {
    const here = this.contexts.owner();
    if (account.closed || here === account || (here !== null && !this.found.has(here))) return;
    this.found.add(account);
    this.contexts.enterHere(account);
  }

  private forgetHeaders(): void {
    const { arriving } = this;
    const kept = arriving && keptHeaders(arriving);
    if (kept !== undefined) Reflect.set(arriving!, kept, null);
    this.arriving = undefined;
  }
}

function watchGetter(prototype: object, note: (request: unknown) => void): void {
  const own = Object.getOwnPropertyDescriptor(prototype, "headers");
  if (own?.get === undefined || !own.configurable) return;
  const get = throughProxy(own.get, (target, self, args) => {
    note(self);
    return Reflect.apply(target, self, args);
  });
  Object.defineProperty(prototype, "headers", { ...own, get });
}

/** Under which symbol Node's request keeps its headers: stable in Node and Deno, but not in their documentation. */
function keptHeaders(request: object): symbol | undefined {
  return symbolOf(request, "kHeaders");
}
