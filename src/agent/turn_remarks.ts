/** What a user must know of turns, each once. */
import { noteFault } from "./guarded.ts";

const REMARKS = {
  idle: "a request has run next to nothing for 10 s while others waited: with --serial these began beside it",
  rejected:
    "a promise of a request was rejected, the process went on (unhandledRejection), and the request then ran next to nothing for 0.3 s: with --serial the next ones did not wait for its answer",
  failed:
    "a request threw what the process caught (uncaughtException): with --serial the next ones did not wait for its answer",
};

const made = new Set<string>();

export function remark(kind: keyof typeof REMARKS): void {
  once(kind, REMARKS[kind]);
}

/** The server has asked itself for this. */
export function remarkSelfCall(name: string): void {
  once(
    "self-call",
    `this server asks itself for ${name}: with --serial that began beside the request that waits for it`,
  );
}

function once(kind: string, text: string): void {
  if (made.has(kind)) return;
  made.add(kind);
  noteFault(text);
}
