/** Requests of `Deno.serve`: the handler, and what it answers with, are watched in passing. */
import type { TriggerConfig } from "../../protocol/messages.ts";
import { noteFault } from "../guarded.ts";
import type { Contexts } from "./context.ts";
import { held } from "./held.ts";
import type { ServeInfo } from "./runtime.ts";
import { ServeExchange, type Server } from "./serve_exchange.ts";
import { throughProxy } from "../intercept.ts";
import type { ListeningServers } from "../listening.ts";
import { isRecording } from "../requests.ts";
import { makeTrigger } from "../trigger.ts";
import { areServedOneByOne, areTaken, takeTurn } from "../turns.ts";

type Fn = (...args: unknown[]) => unknown;

export class ServeRecorder {
  private readonly listening: ListeningServers;
  private look: ReturnType<typeof makeTrigger> | undefined;
  private contexts: Contexts | undefined;

  constructor(listening: ListeningServers) {
    this.listening = listening;
  }

  /** Starts recording the requests that come to handlers given to what `watched` gave. */
  recordRequests(trigger: TriggerConfig | undefined, contexts: Contexts): void {
    this.contexts = contexts;
    if (trigger !== undefined) this.look = makeTrigger(trigger);
  }

  /** `Deno.serve` with the handler watched, in whichever form it is called. */
  watched(serve: Fn): Fn {
    return throughProxy(serve, (target, self, args) => {
      const known: Server = {
        look: () => this.look,
        contexts: () => this.contexts!,
        port: () => server.addr?.port,
        failing: undefined,
      };
      const server = Reflect.apply(target, self, watchedArguments(args, known)) as {
        readonly addr?: { readonly port?: number };
      };
      this.listening.note(server);
      return server;
    });
  }
}

/** `serve(handler)`, `serve(options, handler)` and `serve({ handler, … })`. */
function watchedArguments(args: unknown[], server: Server): unknown[] {
  const [first, second, ...rest] = args;
  if (typeof first === "function") return [watchedHandler(first as Fn, server), ...args.slice(1)];
  if (typeof second === "function") {
    return [withOnError(first, server), watchedHandler(second as Fn, server), ...rest];
  }
  const options = first as { handler?: unknown } | undefined;
  if (typeof options?.handler !== "function") return args;
  const handler = watchedHandler(options.handler as Fn, server);
  return [withOwn(withOnError(options, server)!, { handler }), ...args.slice(1)];
}

function withOnError<T>(options: T, server: Server): T {
  const onError = (options as { onError?: unknown } | undefined)?.onError;
  if (typeof onError !== "function") return options;
  return withOwn(options as object, {
    onError: throughProxy(onError as Fn, (target, self, args) => {
      const answer = Reflect.apply(target, self, args);
      server.failing?.answer(answer);
      return answer;
    }),
  }) as T;
}

/** A copy of options with some replaced. */
function withOwn(options: object, own: object): object {
  return Object.assign(Object.create(Object.getPrototypeOf(options)), options, own);
}

/** The handler, with its requests recorded. It adds one stack frame between the runtime and the handler; with `--serial` it adds more. */
function watchedHandler(handler: Fn, server: Server): Fn {
  const recorded = throughProxy(withBothArguments(handler), (target, self, args) => {
    const exchange = record(args, server);
    if (exchange === undefined) return Reflect.apply(target, self, args);
    takeTurn(exchange.self);
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
  if (!areServedOneByOne()) return recorded;
  return throughProxy(recorded, (_target, self, args) => {
    const handle = () => Reflect.apply(recorded, self, args);
    if (!areTaken()) return handle();
    const drop = () => record(args, server)?.abandon();
    const waits = { handle, drop, record: () => record(args, server)?.leave(), localPort: server.port() };
    return held(args, waits) ?? handle();
  });
}

/** Deno gives a handler whose `length` is 0 no request at all; only Deno sees this one. */
function withBothArguments(handler: Fn): Fn {
  return new Proxy(handler, { get: (target, key) => key === "length" ? 2 : Reflect.get(target, key) });
}

function record([request, info]: unknown[], server: Server): ServeExchange | undefined {
  if (!isRecording()) return undefined;
  try {
    return new ServeExchange(request as Request, info as ServeInfo, server);
  } catch (error) {
    noteFault(error);
    return undefined;
  }
}
