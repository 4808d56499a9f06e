/** Requests of `Deno.serve`: the handler, and what it answers with, are watched in passing. */
import type { Outcome, TriggerConfig } from "../../protocol/messages.ts";
import { noteFault } from "../guarded.ts";
import { AfterResponse, enter } from "./context.ts";
import { headerOf, headersOf, lineOf, onCancel, splitUrl, watch, type Watcher } from "./request.ts";
import { type Answer, answerOf } from "./response.ts";
import type { ServeInfo } from "./runtime.ts";
import { connectionOf } from "./websocket.ts";
import { throughProxy } from "../intercept.ts";
import { running } from "../ledger.ts";
import { noteServer } from "../listening.ts";
import {
  closeIfOver,
  type Exchange,
  isRecording,
  type OpenRequest,
  openRequest,
  type RequestFacts,
} from "../requests.ts";
import { namedOperation, routeText, type Told } from "../told.ts";
import { makeTrigger } from "../trigger.ts";
import { turnBack, turnTo } from "../work_stack.ts";

type Fn = (...args: unknown[]) => unknown;

let look: ReturnType<typeof makeTrigger> | undefined;

/** Starts recording the requests that come to handlers given to `watchedServe`. */
export function recordServeRequests(trigger: TriggerConfig | undefined): void {
  if (trigger !== undefined) look = makeTrigger(trigger);
}

/** `Deno.serve` with the handler watched, in whichever form it is called. */
export function watchedServe(serve: Fn): Fn {
  return throughProxy(serve, (target, self, args) => {
    const server = Reflect.apply(target, self, watchedArguments(args));
    noteServer(server);
    return server;
  });
}

/** `serve(handler)`, `serve(options, handler)` and `serve({ handler, … })`. */
function watchedArguments(args: unknown[]): unknown[] {
  const [first, second, ...rest] = args;
  if (typeof first === "function") return [watched(first as Fn), ...args.slice(1)];
  if (typeof second === "function") return [withOnError(first), watched(second as Fn), ...rest];
  const options = first as { handler?: unknown } | undefined;
  if (typeof options?.handler !== "function") return args;
  return [withOwn(withOnError(options)!, { handler: watched(options.handler as Fn) }), ...args.slice(1)];
}

function withOnError<T>(options: T): T {
  const onError = (options as { onError?: unknown } | undefined)?.onError;
  if (typeof onError !== "function") return options;
  return withOwn(options as object, {
    onError: throughProxy(onError as Fn, (target, self, args) => {
      const answer = Reflect.apply(target, self, args);
      failing?.answer(answer);
      return answer;
    }),
  }) as T;
}

/** A copy of options with some replaced. */
function withOwn(options: object, own: object): object {
  return Object.assign(Object.create(Object.getPrototypeOf(options)), options, own);
}

/** The handler, with its requests recorded. */
function watched(handler: Fn): Fn {
  return throughProxy(withBothArguments(handler), (target, self, args) => {
    const exchange = begin(args);
    if (exchange === undefined) return Reflect.apply(target, self, args);
    let answer: unknown;
    try {
      answer = Reflect.apply(target, self, args);
    } catch (error) {
      exchange.fail();
      exchange.leave();
      throw error;
    }
    exchange.answer(answer);
    exchange.leave();
    return answer;
  });
}

/** Deno gives a handler whose `length` is 0 no request at all; only Deno sees this one. */
function withBothArguments(handler: Fn): Fn {
  return new Proxy(handler, { get: (target, key) => key === "length" ? 2 : Reflect.get(target, key) });
}

/** The exchange whose handler failed last: `onError` follows at once. */
let failing: ServeExchange | undefined;

function begin([request, info]: unknown[]): ServeExchange | undefined {
  if (!isRecording()) return undefined;
  try {
    return new ServeExchange(request as Request, info as ServeInfo);
  } catch (error) {
    noteFault(error);
    return undefined;
  }
}

class ServeExchange implements Exchange, Watcher {
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

  constructor(request: Request, info: ServeInfo) {
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
