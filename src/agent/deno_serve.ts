/** Requests of `Deno.serve`: the handler, and what it answers with, are watched in passing. */
import type { Outcome, TriggerConfig } from "../protocol/messages.ts";
import { noteFault } from "./contained.ts";
import { Aftermath, enter } from "./deno_context.ts";
import { expectReader } from "./deno_handed_on.ts";
import { lineOf, onCancel } from "./deno_request.ts";
import { bodyBytes } from "./deno_response.ts";
import type { ServeInfo } from "./deno_runtime.ts";
import { connectionOf } from "./deno_websocket.ts";
import { throughProxy } from "./intercept.ts";
import { noteServer } from "./listening.ts";
import { type Exchange, isRecording, type OpenRequest, openRequest, type RequestFacts } from "./requests.ts";
import { makeTrigger } from "./trigger.ts";
import { turnBack, turnTo } from "./turns.ts";

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
      exchange.answer(answer);
    } finally {
      exchange.leave();
    }
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

class ServeExchange implements Exchange {
  readonly self: OpenRequest;
  private readonly aftermath: Aftermath;
  private readonly method: string;
  private readonly url: string;
  private readonly host: string;
  private readonly traceparent: string | null;
  private readonly triggered: boolean | undefined;
  private response: Response | undefined;
  private bytes = 0;
  private isBroken = false;
  private isCompleted = false;

  constructor(request: Request, info: ServeInfo) {
    const { method, url } = lineOf(request);
    this.method = method;
    const { host, target } = splitUrl(url);
    this.host = host;
    const seen = look?.({ url: target, rawHeaders: [...request.headers].flat() });
    this.url = seen?.url ?? target;
    this.triggered = seen?.triggered;
    this.traceparent = request.headers.get("traceparent");
    this.self = openRequest(this);
    this.aftermath = new Aftermath(this.self);
    turnTo(this.self);
    enter(this.self);
    expectReader(request, this.self);
    // Once there is a response, `completed` tells what became of it.
    onCancel(request, () => this.isBroken ||= !this.aftermath.hasBegun);
    info.completed.then(() => this.end(), () => this.isBroken = true);
  }

  /** The handler gave this, or a promise of it. */
  answer(answer: unknown): void {
    if (answer instanceof Promise) {
      Promise.prototype.then.call(answer, (response) => this.note(response), () => {
        failing = this;
        this.aftermath.hasBegun = true;
        if (this.isCompleted) this.self.isAnswered = true;
      });
    } else this.note(answer);
  }

  /** The handler has returned; what it started goes on. */
  leave(): void {
    enter(this.aftermath);
    turnBack();
  }

  /** All is out. An upgrade completes within the handler, before that answers. */
  private end(): void {
    this.isCompleted = true;
    if (this.aftermath.hasBegun) this.self.isAnswered = true;
  }

  isOver(): boolean {
    return this.isBroken;
  }

  outcome(): Outcome {
    return "aborted";
  }

  facts(): RequestFacts {
    const { response, method, url, host, bytes, traceparent, triggered } = this;
    const contentType = response?.headers.get("content-type") ?? null;
    return {
      method,
      url,
      host,
      http: "1.1",
      // Without `onError`, and where that fails, the runtime answers so.
      status: response?.status ?? (this.isBroken ? 0 : 500),
      bytes,
      ...(traceparent === null ? {} : { traceparent }),
      ...(contentType === null ? {} : { contentType }),
      ...(triggered === undefined ? {} : { triggered }),
    };
  }

  release(): void {
    if (failing === this) failing = undefined;
    const { response } = this;
    if (response?.status === 101) this.self.heir = connectionOf(response, this.facts()) ?? null;
    this.response = undefined;
  }

  private note(response: unknown): void {
    this.aftermath.hasBegun = true;
    if (this.isCompleted) this.self.isAnswered = true;
    if (!(response instanceof Response)) return;
    this.response = response;
    this.bytes = this.method === "HEAD" ? 0 : bodyBytes(response);
  }
}

/** `https://host:1/path?query` as what stood in the request. */
function splitUrl(url: string): { host: string; target: string } {
  const start = url.indexOf("://") + 3;
  const end = url.slice(start).search(/[/?#]/);
  if (end < 0) return { host: url.slice(start), target: "/" };
  return { host: url.slice(start, start + end), target: url.slice(start + end) };
}
