/** A request of `Deno.serve`: what becomes of its handler, and of what that answers. */
import type { Outcome } from "../../protocol/messages.ts";
import { isEventStream } from "../event_stream.ts";
import { noteFault } from "../guarded.ts";
import { AfterResponse, type Contexts } from "./context.ts";
import { headerOf, headersOf, lineOf, onCancel, splitUrl, watch, type Watcher } from "./request.ts";
import { type Answer, answerOf } from "./response.ts";
import type { ServeInfo } from "./runtime.ts";
import { connectionOf } from "./websocket.ts";
import { running } from "../ledger.ts";
import { closeIfOver, type Exchange, type OpenRequest, openRequest, type RequestFacts } from "../requests.ts";
import { namedOperation, routeText, type Told } from "../told.ts";
import type { makeTrigger } from "../trigger.ts";

/** What the requests of a server have in common. */
export interface Server {
  look(): ReturnType<typeof makeTrigger> | undefined;
  contexts(): Contexts;
  /** The port it listens at; undefined if that is a path, or not known yet. */
  port(): number | undefined;
  /** The exchange whose handler failed last: `onError` follows at once. */
  failing: ServeExchange | undefined;
}

/**
 * - `handling`: the handler has been called, and its response is not known yet.
 * - `released`: the same, but Deno has let go of the request, as it does when an upgrade begins.
 * - `answering`: the response is known, or that there will be none but Deno's own.
 * - `answered`: all of it is out.
 * - `broken`: it will not go out whole.
 */
type State = "handling" | "released" | "answering" | "answered" | "broken";

export class ServeExchange implements Exchange, Watcher {
  readonly self: OpenRequest;
  told: Told | undefined = undefined;
  isUnread = true;
  private state: State = "handling";
  private readonly server: Server;
  private readonly info: ServeInfo;
  private readonly method: string;
  private readonly url: string;
  private readonly host: string;
  private readonly traceparent: string | undefined;
  private readonly triggered: boolean | undefined;
  private answered: Answer | undefined;
  /** What it answers with makes a WebSocket. */
  private upgrade: Response | undefined;
  private afterResponse: AfterResponse | undefined;

  constructor(request: Request, info: ServeInfo, server: Server) {
    this.server = server;
    this.info = info;
    const { method, url } = lineOf(request);
    this.method = method;
    const { host, target } = splitUrl(url);
    this.host = host;
    const seen = server.look()?.({ url: target, rawHeaders: headersOf(request).flat() });
    this.url = seen?.url ?? target;
    this.triggered = seen?.triggered;
    this.traceparent = headerOf(request, "traceparent");
    const operation = namedOperation(target, (name) => headerOf(request, name));
    if (operation !== undefined) this.told = { operation };
    this.self = openRequest(this);
    const contexts = server.contexts();
    contexts.execution.nestedBegins(this.self, this.self.startAt);
    contexts.enter(this.self);
    onCancel(request, () => this.cancelled());
    if (!watch(request, this)) this.awaitCompletion();
  }

  /** The handler gave this, or a promise of it. */
  answer(answer: unknown): void {
    if (answer instanceof Promise) {
      Promise.prototype.then.call(answer, (response) => this.note(response), () => this.fail());
    } else this.note(answer);
  }

  /** The handler threw; `onError` follows at once. */
  fail(): void {
    this.server.failing = this;
    this.know();
  }

  /** The client has left before the handler was called. */
  abandon(): void {
    this.state = "broken";
    this.leave();
    closeIfOver(this.self);
  }

  /** The handler has returned; what it started goes on. */
  leave(): void {
    const isKnown = !this.isPending();
    const contexts = this.server.contexts();
    if (isKnown && this.answered?.isAtHand === true) contexts.enter(undefined);
    else contexts.enter(this.afterResponse = new AfterResponse(this.self, isKnown));
    contexts.execution.callbackReturns();
  }

  /** All is out, or what is at hand is about to go; what becomes of a stream is known when it is complete. */
  closed(): void {
    if (this.answered?.isAtHand !== false) this.complete();
  }

  private isPending(): boolean {
    return this.state === "handling" || this.state === "released";
  }

  /** The client has left. Once there is a response, its end tells what became of it. */
  private cancelled(): void {
    if (this.state === "handling") this.state = "broken";
  }

  private know(): void {
    if (this.afterResponse !== undefined) this.afterResponse.hasBegun = true;
    if (this.state === "handling") this.state = "answering";
    else if (this.state === "released") this.finish(true);
  }

  private complete(): void {
    if (this.state === "handling") this.state = "released";
    else if (this.state === "answering") this.finish(true);
  }

  private finish(isWhole: boolean): void {
    this.state = isWhole && this.isStreamWhole() ? "answered" : "broken";
    this.self.isAnswered = this.state === "answered";
    // The runtime may say so outside of every callback.
    if (running() !== this.self) closeIfOver(this.self);
  }

  /** Deno 2.9 says that a stream is complete when its client has left or its source has failed, too. */
  private isStreamWhole(): boolean {
    const streamed = this.answered?.streamed;
    return streamed === undefined || this.answersHead() || !(streamed.isCancelled || streamed.hasFailed());
  }

  /** With a stream: Deno cancels it unread, and up to 2.8 says that it failed. */
  private answersHead(): boolean {
    return this.method === "HEAD" && this.answered?.streamed !== undefined;
  }

  private awaitCompletion(): void {
    this.info.completed.then(
      () => this.complete(),
      () => this.finish(this.state === "answering" && this.answersHead()),
    );
  }

  isOver(): boolean {
    return this.state === "broken";
  }

  isEventStream(): boolean {
    return isEventStream(this.answered?.contentType);
  }

  outcome(): Outcome {
    return this.answered?.streamed?.hasFailed() ? "error" : "aborted";
  }

  facts(): RequestFacts {
    const { answered, state, method, url, host, told, traceparent, triggered } = this;
    return {
      method,
      url,
      host,
      http: "1.1",
      // Without `onError`, and where that fails, the runtime answers so.
      status: answered?.status ?? (state === "answering" || state === "answered" ? 500 : 0),
      bytes: answered === undefined || method === "HEAD" ? 0 : answered.streamed?.bytes ?? answered.bytes,
      pattern: told && routeText(told),
      traceparent,
      contentType: answered?.contentType,
      triggered,
    };
  }

  release(): void {
    const { server, upgrade } = this;
    if (server.failing === this) server.failing = undefined;
    if (upgrade !== undefined) this.self.successor = connectionOf(upgrade, this.facts()) ?? null;
    this.upgrade = undefined;
  }

  private note(response: unknown): void {
    try {
      if (response instanceof Response) this.take(response);
    } catch (error) {
      noteFault(error);
    }
    this.know();
  }

  private take(response: Response): void {
    this.answered = answerOf(response);
    if (this.answered.status === 101) this.upgrade = response;
    else if (!this.answered.isAtHand) this.awaitCompletion();
  }
}
