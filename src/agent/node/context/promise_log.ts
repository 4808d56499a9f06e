/**
 * Keeps each new promise until the agent asks for it, without running any JavaScript where a promise is made.
 *
 * Some versions of Node end the process when a promise hook finds no room on the stack (CVE-2025-59466): a recursion that makes promises,
 * whose error the application catches, would be fatal. V8 checks for room where it enters a function, but for one in WebAssembly that
 * calls nothing and was compiled without that check. So the hook is such a function.
 */
import * as v8 from "node:v8";

/** Promises made since it was emptied, oldest first; those for which there was no room are not in it. */
export interface PromiseLog {
  /** V8's hook: keeps a promise. */
  put(promise: Promise<unknown>): void;
  count(): number;
  at(index: number): Promise<unknown>;
  clear(): void;
}

/**
 * (module $profsrv
 *   (table $log 65536 65536 externref) (global $count (mut i32) (i32.const 0))
 *   (func (export "put") (param externref externref)
 *     (if (i32.lt_u (global.get $count) (i32.const 65536))
 *       (then (table.set $log (global.get $count) (local.get 0)) (global.set $count (i32.add (global.get $count) (i32.const 1))))))
 *   (func (export "at") (param i32) (result externref) (table.get $log (local.get 0)))
 *   (func (export "count") (result i32) (global.get $count))
 *   (func (export "clear") (table.fill $log (i32.const 0) (ref.null extern) (global.get $count)) (global.set $count (i32.const 0))))
 */
const MODULE =
  "AGFzbQEAAAABEgRgAm9vAGABfwFvYAABf2AAAAMFBAABAgMECQFvAYCABICABAYGAX8BQQALBxwEA3B1dAAAAmF0AAEFY291bnQAAgVjb" +
  "GVhcgADCjcEGQAjAEGAgARJBEAjACAAJgAjAEEBaiQACwsGACAAJQALBAAjAAsPAEEA0G8jAPwRAEEAJAALAA8EbmFtZQAIB3Byb2ZzcnY=";

/** Makes a log; throws where this Node runs no WebAssembly. */
export function makePromiseLog(): PromiseLog {
  const { Module, Instance } = (globalThis as unknown as { WebAssembly: WebAssemblyOfOurs }).WebAssembly;
  // The check is left out of what is compiled while V8 has this flag; V8 compiles a function when it is first called.
  v8.setFlagsFromString("--no-wasm-stack-checks");
  try {
    const log = new Instance(new Module(Buffer.from(MODULE, "base64"))).exports;
    log.put(Promise.prototype);
    log.clear();
    return log;
  } finally {
    v8.setFlagsFromString("--wasm-stack-checks");
  }
}

interface WebAssemblyOfOurs {
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object) => { readonly exports: PromiseLog };
}
