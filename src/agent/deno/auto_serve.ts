/**
 * `deno run` in place of `deno serve`, which lets no agent in (`launch/deno_serve.ts`): DENO_AUTO_SERVE has Deno serve what the main
 * module exports, but on any port. The agent gives it the address, and says what `deno serve` says where there is nothing to serve.
 */
import process from "node:process";
import { AUTO_SERVE_VARIABLE, type Serving } from "../../protocol/messages.ts";
import { guarded } from "../guarded.ts";
import { symbolOf } from "../hidden_parts.ts";
import { throughProxy } from "../intercept.ts";
import { mayKnow } from "./permissions.ts";
import { type DenoNamespace, replaceServe } from "./runtime.ts";

/** Takes part if this process was started to serve, not by one that was. */
export function serveAt({ hostname, port }: Serving, runtime: DenoNamespace, isWatching: boolean): void {
  if (!mayKnow(runtime, AUTO_SERVE_VARIABLE)) return;
  const value = process.env[AUTO_SERVE_VARIABLE];
  // Where Deno starts the program anew it looks at the variable again.
  const own = `${process.pid}`;
  if (value !== "1" && value !== own) return;
  if (isWatching) process.env[AUTO_SERVE_VARIABLE] = own;
  else delete process.env[AUTO_SERVE_VARIABLE];
  replaceServe(runtime, (serve) =>
    throughProxy(serve, (target, self, args) => {
      const [options] = args;
      return Reflect.apply(target, self, isDeclared(options) ? [{ ...options, hostname, port }] : args);
    }));
  const { mainModule } = runtime;
  const { error } = console;
  const check = guarded((main: { readonly default?: unknown }) => {
    const hasNone = !("default" in main) || !Object.hasOwn(main.default as object, "fetch");
    if (hasNone) error(...NOTHING_TO_SERVE);
  });
  // When the main module has run. (A main module handler of ours, which Deno has for this, would hide an error of Deno's own.)
  const global = globalThis as unknown as { addEventListener(type: "load", act: () => void): void };
  // What the main module throws Deno reports by itself.
  global.addEventListener("load", () => void import(mainModule).then(check, () => {}));
}

/** Whether Deno itself calls, for the main module's default export: no other has this symbol. */
function isDeclared(options: unknown): options is object {
  if (typeof options !== "object" || options === null) return false;
  return symbolOf(options, "kLoadBalanced") !== undefined;
}

/** https://github.com/denoland/deno/blob/v2.9.0/runtime/js/99_main.js */
const NOTHING_TO_SERVE = [
  '%cerror: %cdeno serve requires %cexport default { fetch }%c in the main module, did you mean to run "deno run"?',
  "color: yellow;",
  "color: inherit;",
  "font-weight: bold;",
  "font-weight: normal;",
];
