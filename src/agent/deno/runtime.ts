/** The parts of Deno that the agent uses and that no type definition knows here. */
import { can } from "../capabilities.ts";

/** Deno's core, the same object that its own modules use. Stable from 2.5 to 2.9, but not in its documentation. */
export interface Core {
  setPromiseHooks(
    init: undefined,
    before: (promise: Promise<unknown>) => void,
    after: undefined,
    resolve: undefined,
  ): void;
  /** What V8 carries along with promise reactions, and Deno with all else: a property for each variable, or nothing. */
  getAsyncContext(): object | null | undefined;
  setAsyncContext(context: object): void;
}

/** What a handler of `Deno.serve` gets besides the request. */
export interface ServeInfo {
  readonly completed: Promise<void>;
  /** Of a server that listens at a path it has that path. */
  readonly remoteAddr?: { readonly port?: number; readonly path?: string };
}

export interface DenoNamespace {
  readonly internal: symbol;
  readonly mainModule: string;
  readonly permissions: {
    querySync(
      descriptor: { name: string; path?: string; variable?: string; kind?: string },
    ): { readonly state: string };
  };
  serve: (...args: unknown[]) => unknown;
  exit: (code?: number) => never;
  addSignalListener(signal: string, listener: () => void): void;
  removeSignalListener(signal: string, listener: () => void): void;
}

/** The runtime; undefined where it is not Deno. */
export const deno = (globalThis as unknown as { Deno?: DenoNamespace }).Deno;

/** Functions by name. */
export type Functions = Record<string, unknown>;

/** Up to 2.6: what CommonJS programs and npm's modules find as globals in place of Deno's own. */
export function nodeGlobalsOf(runtime: DenoNamespace): Functions | undefined {
  return (runtime as unknown as Record<symbol, { nodeGlobals?: Functions } | undefined>)[runtime.internal]
    ?.nodeGlobals;
}

/** Deno's core; undefined if this version hides it. */
export function coreOf(runtime: DenoNamespace): Core | undefined {
  return can.reachCore.probe(runtime) as Core | undefined;
}

type Serve = DenoNamespace["serve"];

/** Replaces `Deno.serve` by what `change` makes of it when it is first looked up: some versions load it then. */
export function replaceServe(runtime: DenoNamespace, change: (serve: Serve) => Serve): void {
  const own = Object.getOwnPropertyDescriptor(runtime, "serve");
  if (own === undefined) return;
  let serve: Serve | undefined;
  Object.defineProperty(runtime, "serve", {
    configurable: true,
    enumerable: own.enumerable ?? true,
    get: () => serve ??= change(own.get?.call(runtime) ?? own.value),
    set(value) {
      serve = value;
    },
  });
}
