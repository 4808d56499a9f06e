/** Requests of `Deno.serve`: the handler, and what it answers with, are watched in passing. */
import type { TriggerConfig } from "../../protocol/messages.ts";
import { noteFault } from "../guarded.ts";
import { held } from "./held.ts";
import type { ServeInfo } from "./runtime.ts";
import { answerFailing, ServeExchange } from "./serve_exchange.ts";
import { throughProxy } from "../intercept.ts";
import type { ListeningServers } from "../listening.ts";
import { isRecording } from "../requests.ts";
import { makeTrigger } from "../trigger.ts";
import { areTaken, takeTurn } from "../turns.ts";

type Fn = (...args: unknown[]) => unknown;

let look: ReturnType<typeof makeTrigger> | undefined;

/** Starts recording the requests that come to handlers given to `watchedServe`. */
export function recordServeRequests(trigger: TriggerConfig | undefined): void {
  if (trigger !== undefined) look = makeTrigger(trigger);
}

/** `Deno.serve` with the handler watched, in whichever form it is called. */
export function watchedServe(serve: Fn, listening: ListeningServers): Fn {
  return throughProxy(serve, (target, self, args) => {
    const server = Reflect.apply(target, self, watchedArguments(args));
    listening.note(server);
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
      answerFailing(answer);
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
    if (areTaken()) {
      const answer = held(args, {
        handle: () => handled(target, self, args),
        drop: () => begin(args)?.abandon(),
      });
      if (answer !== undefined) return answer;
    }
    return handled(target, self, args);
  });
}

function handled(target: Fn, self: unknown, args: unknown[]): unknown {
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
}

/** Deno gives a handler whose `length` is 0 no request at all; only Deno sees this one. */
function withBothArguments(handler: Fn): Fn {
  return new Proxy(handler, { get: (target, key) => key === "length" ? 2 : Reflect.get(target, key) });
}

function begin([request, info]: unknown[]): ServeExchange | undefined {
  if (!isRecording()) return undefined;
  try {
    const exchange = new ServeExchange(request as Request, info as ServeInfo, look);
    takeTurn(exchange.self);
    return exchange;
  } catch (error) {
    noteFault(error);
    return undefined;
  }
}
