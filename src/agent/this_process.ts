/** Who this process or thread is. */
import process from "node:process";
import { threadId } from "node:worker_threads";
import type { ProcessInfo } from "../protocol/messages.ts";

/** What the agent says of this process or thread, which runs on `runtime`, and the name of its stream in the spool. */
export function thisProcess(
  runtime: string,
): ProcessInfo & { readonly argv: readonly string[]; readonly stream: string } {
  const instance = Math.floor(Math.random() * 2 ** 32).toString(16).padStart(8, "0");
  return {
    pid: process.pid,
    tid: threadId,
    runtime,
    argv: process.argv,
    stream: `${process.pid}-${threadId}-${instance}`,
  };
}
