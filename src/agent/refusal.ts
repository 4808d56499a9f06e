import type { AgentConfig } from "../protocol/messages.ts";
import type { Host } from "./host.ts";
import { original } from "./originals.ts";
import { Spool } from "./spool.ts";
import { thisProcess } from "./this_process.ts";

/** Tells the wrapper why this thread cannot be profiled. */
export function tellRefusal(config: AgentConfig, host: Host, error: unknown): void {
  const { stream, pid } = thisProcess(host.name);
  const spool = new Spool(config.spool, stream);
  const text = `process ${pid} cannot be profiled: ${error instanceof Error ? error.message : error}`;
  spool.send(original.stringify({ kind: "refusal", text }));
  spool.close();
}
