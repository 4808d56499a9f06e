/** A request of `Deno.serve`: what becomes of its handler, and of what that answers. */
import type { Outcome } from "../../protocol/messages.ts";
import { isEventStream } from "../event_stream.ts";
import { noteFault } from "../guarded.ts";
import { AfterResponse, enter } from "./context.ts";
import { headerOf, headersOf, lineOf, onCancel, splitUrl, watch, type Watcher } from "./request.ts";
import { type Answer, answerOf } from "./response.ts";
import type { ServeInfo } from "./runtime.ts";
import { connectionOf } from "./websocket.ts";
import { running } from "../ledger.ts";
import { closeIfOver, type Exchange, type OpenRequest, openRequest, type RequestFacts } from "../requests.ts";
import { namedOperation, routeText, type Told } from "../told.ts";
import type { makeTrigger } from "../trigger.ts";
import { turnBack, turnTo } from "../work_stack.ts";

/** The exchange whose handler failed last: `onError` follows at once. */
let failing: ServeExchange | undefined;

/** It is answered by `onError` with this. */
export function answerFailing(answer: unknown): void {
  failing?.answer(answer);
}

export class ServeExchange implements Exchange, Watcher {
  readonly self: OpenRequest;
  told: Told | undefined = undefined;
  isUnread = true;
  private readonly info: ServeInfo;
  private readonly method: string;
  private readonly url: string;
  private readonly host: string;
  private readonly traceparent: string | undefined;
  private readonly triggered: boolean | undefined;
  private answered: Answer | undefined;
  /** What it answers with makes a WebSocket. */
  private upgrade: Response | undefined;
  /** The response is known, or that there will be none but the runtime's own. */
  private isKnown = false;
  private afterResponse: AfterResponse | undefined;
  private isBroken = false;
  private isCompleted = false;

  constructor(request: Request, info: ServeInfo, look: ReturnType<typeof makeTrigger> | undefined) {
    this.info = info;
    const { method, url } = lineOf(request);
    this.method = method;
    const { host, target } = splitUrl(url);
    this.host = host;
    const seen = look?.({ url: target, rawHeaders: headersOf(request).flat() });
    this.url = seen?.url ?? target;
    this.triggered = seen?.triggered;
    this.traceparent = headerOf(request, "traceparent");
    const operation = namedOperation(target, (name) => headerOf(request, name));
    if (operation !== undefined) this.told = { operation };
    this.self = openRequest(this);
    turnTo(this.self, this.self.startAt);
    enter(this.self);
    // Once there is a response, its end tells what became of it.
    onCancel(request, () => this.isBroken ||= !this.isKnown);
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
    failing = this;
    this.know();
  }

  /** The client has left before the handler was called. */
  abandon(): void {
    this.isBroken = true;
    this.leave();
    closeIfOver(this.self);
  }

  /** The handler has returned; what it started goes on. */
  leave(): void {
    if (this.isKnown && this.answered?.isAtHand === true) enter(undefined);
    else enter(this.afterResponse = new AfterResponse(this.self, this.isKnown));
    turnBack();
  }

  /** All is out, or what is at hand is about to go. An upgrade completes within the handler, before that answers. */
  closed(): void {
    if (this.answered?.isAtHand === false && !this.isCompleted) return;
    this.isCompleted = true;
    if (this.isKnown) this.finish();
  }

  private know(): void {
    this.isKnown = true;
    if (this.afterResponse !== undefined) this.afterResponse.hasBegun = true;
    if (this.isCompleted) this.finish();
  }

  private finish(isWhole = true): void {
    if (isWhole && this.isStreamWhole()) this.self.isAnswered = true;
    else this.isBroken = true;
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
    this.info.completed.then(() => {
      this.isCompleted = true;
      this.closed();
    }, () => this.finish(this.isKnown && this.answersHead()));
  }

  isOver(): boolean {
    return this.isBroken;
  }

  isEventStream(): boolean {
    return isEventStream(this.answered?.contentType);
  }

  outcome(): Outcome {
    return this.answered?.streamed?.hasFailed() ? "error" : "aborted";
  }

  facts(): RequestFacts {
    const { answered, method, url, host, told, traceparent, triggered } = this;
    return {
      method,
      url,
      host,
      http: "1.1",
      // Without `onError`, and where that fails, the runtime answers so.
      status: answered?.status ?? (this.isKnown && !this.isBroken ? 500 : 0),
      bytes: answered === undefined || method === "HEAD" ? 0 : answered.streamed?.bytes ?? answered.bytes,
      pattern: told && routeText(told),
      traceparent,
      contentType: answered?.contentType,
      triggered,
    };
  }

  release(): void {
    if (failing === this) failing = undefined;
    const { upgrade } = this;
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
