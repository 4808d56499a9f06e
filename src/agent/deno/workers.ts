/** Deno runs neither NODE_OPTIONS nor `--preload` in workers (2.5 to 2.9), so the agent does not get in. It tells the wrapper when one is started. */
import process from "node:process";
import { type AgentConfig, type AgentMessage, NO_COST } from "../../protocol/messages.ts";
import { guarded } from "../guarded.ts";
import { symbolOf } from "../hidden_parts.ts";
import { observe } from "../observed.ts";
import { original } from "../originals.ts";
import { Spool } from "../spool.ts";
import { thisProcess } from "../this_process.ts";

/** Notices the first `Worker`, Deno's or that of `node:worker_threads`, by what its constructor does to its own object. */
export function watchWorkers(config: AgentConfig): void {
  const restorers: (() => void)[] = [];
  const found = guarded(() => {
    for (const restore of restorers) restore();
    tell(config);
  });
  const brand = symbolOf(new EventTarget(), "[[webidl.brand]]");
  const web = (globalThis as { Worker?: { prototype: object } }).Worker;
  if (web !== undefined && brand !== undefined) {
    restorers.push(observe(web.prototype, brand, () => {}, { onAssign: found }));
  }
  const { Worker } = require("node:worker_threads") as typeof import("node:worker_threads");
  restorers.push(observe(Worker.prototype, "_events", found));
}

function tell({ spool }: AgentConfig): void {
  const { pid } = process;
  const text =
    `process ${pid} started a worker, and Deno lets no profiler into workers: a server in one is not recorded`;
  const nothing = { droppedWindows: 0, droppedRequests: 0, droppedSwitches: 0 };
  const messages: AgentMessage[] = [{ kind: "trouble", text, ...nothing }, { kind: "bye", ...NO_COST }];
  const stream = new Spool(spool, thisProcess("deno").stream);
  for (const message of messages) stream.send(original.stringify(message));
  stream.close();
}
