/** What Deno lets the agent do. It only asks what is so: a question to the user would be a trace. */
import { readFileSync } from "node:fs";
import type { DenoNamespace } from "./runtime.ts";

/** Whether this environment variable may be read. */
export function mayKnow({ permissions }: DenoNamespace, variable: string): boolean {
  return permissions.querySync({ name: "env", variable }).state === "granted";
}

/** Whether the inspector may be used, and this directory written to and looked at. */
export function mayRecord({ permissions }: DenoNamespace, path: string): boolean {
  return [{ name: "sys", kind: "inspector" }, { name: "write", path }, { name: "read", path }]
    .every((it) => permissions.querySync(it).state === "granted");
}

/** Whether Deno may have been told to watch files, as in a task; its own command line tells, where that may be read. */
export function mayBeWatching({ permissions }: DenoNamespace): boolean {
  const path = "/proc/self/cmdline";
  if (permissions.querySync({ name: "read", path }).state !== "granted") return true;
  try {
    return /\0--watch(-hmr)?[=\0]/.test(readFileSync(path, "utf8"));
  } catch {
    return true;
  }
}
