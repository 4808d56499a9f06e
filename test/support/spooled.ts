/** Spools as agents write them, without agents. */
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import type { StreamEvent } from "../../src/collector/stream.ts";
import { ProcessRecord } from "../../src/collector/process.ts";
import { ProcessSources, Sources } from "../../src/sources/mod.ts";
import { Streams } from "../../src/collector/streams.ts";
import { encodeFrame } from "../../src/protocol/framing.ts";
import type { AgentMessage } from "../../src/protocol/messages.ts";
import { spoolFileName } from "../../src/protocol/spool_file.ts";
import { NO_COST } from "../../src/protocol/messages.ts";

export const goodbye: AgentMessage = { kind: "bye", ...NO_COST, turns: 1 };

export function hello(pid: number): AgentMessage {
  return { kind: "hello", v: 1, pid, tid: 0, runtime: "node 24.1.0", argv: [] };
}

/** A spool and all that is read from it. */
export class Spooled {
  readonly directory = mkdtempSync(join(tmpdir(), "profsrv-test-"));
  readonly sources = new Sources({ denoDirectory: undefined, onDebug: () => {} });
  readonly streams = new Streams(this.directory, (instance) => {
    return new ProcessRecord(instance, [], new ProcessSources(this.sources));
  });

  path(stream: string, number = 0): string {
    return join(this.directory, spoolFileName(stream, number));
  }

  /** Appends to a file of a stream. */
  write(stream: string, messages: readonly AgentMessage[], number = 0): void {
    const frames = messages.map((it) => encodeFrame(JSON.stringify(it)));
    writeFileSync(this.path(stream, number), Buffer.concat(frames), { flag: "a" });
  }

  /** What a poll gives, but for the steps in between. */
  poll(all = true): Exclude<StreamEvent, { kind: "read" }>[] {
    return [...this.streams.poll(all)].filter((it) => it.kind !== "read");
  }

  [Symbol.dispose](): void {
    rmSync(this.directory, { recursive: true, force: true });
  }
}

/** The id of a process that has ended, and whose parent knows. */
export async function endedPid(): Promise<number> {
  const child = spawn(process.execPath, ["--version"], { stdio: "ignore" });
  await new Promise((resolve) => child.on("exit", resolve));
  return child.pid!;
}
