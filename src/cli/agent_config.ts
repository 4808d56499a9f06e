import { type AgentConfig, PROTOCOL_VERSION } from "../protocol/messages.ts";
import type { RunOptions } from "./request.ts";

/** What the agents of a run must know of its options. Pure. */
export function agentConfig(options: RunOptions, spool: string): AgentConfig {
  const { interval, trigger, serial, profiler, calls, heapInterval } = options;
  return {
    v: PROTOCOL_VERSION,
    spool,
    interval,
    serial,
    profiler,
    calls,
    ...(heapInterval === undefined ? {} : { heapInterval }),
    ...(trigger === undefined ? {} : { trigger }),
  };
}
