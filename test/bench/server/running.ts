/** A server that runs under load: starts it, has wrk ask it, and reads what it cost from the system. Linux only. */
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import process from "node:process";
import { promisify } from "node:util";
import { cpuOf, rssOf, switchesOf } from "./taken.ts";

/** What one time under load cost; times in microseconds. */
export interface Phase {
  readonly requests: number;
  /** CPU of the server's process for each request, all its threads. */
  readonly cpu: number;
  /** CPU of the process that started it, for each request; 0 where it started itself. */
  readonly wrapperCpu: number;
  readonly p50: number;
  readonly p99: number;
  /** For each request, how often a core turned to one of the server's threads or away from it. */
  readonly switches: number;
  /** V8's collections of garbage: time for each request; how many for 1,000 requests. 0 where they are not told (`tracingGc`). */
  readonly gcTime: number;
  readonly majors: number;
  readonly scavenges: number;
}

/** How a server is started, and loaded. */
export interface Load {
  readonly command: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  readonly connections?: number;
  /** Has the wrapper stand still while it is measured: what the server costs where it need not share its cores with it. */
  readonly isWrapperStopped?: boolean;
}

/** What has V8 print a line for each collection, by which they are counted: one for some hundred requests. */
export function tracingGc(kind: "node" | "deno"): string {
  return kind === "node" ? "--trace-gc" : "--v8-flags=--trace-gc";
}

/** A server that runs, to be loaded and measured as often as wanted. */
export interface Running {
  readonly port: number;
  readonly pid: number;
  /** The server's process, and the wrapper's if there is one. */
  readonly pids: readonly number[];
  /** Microseconds from the start of the server's process until it listened. */
  readonly startup: number;
  /** Loads it for so many seconds. */
  phase(seconds: number): Promise<Phase>;
  /** Resident memory in bytes: the server's, the wrapper's. */
  memory(): { readonly rss: number; readonly wrapperRss: number };
  /** Ends it by SIGTERM. */
  end(): Promise<void>;
  /** Ends both at once, if it has not ended by SIGTERM. */
  kill(): void;
}

/** Starts a server and waits until it listens. */
export async function start(load: Load): Promise<Running> {
  const { command: [file = "", ...args], connections = 16 } = load;
  const child = spawn(file, args, {
    env: { ...process.env, ...load.env, NO_COLOR: "1" },
    ...(load.cwd === undefined ? {} : { cwd: load.cwd }),
    stdio: ["ignore", "pipe", "ignore"],
  });
  const exit = once(child, "exit");
  const output = new Output(child.stdout);
  const { port, pid, startup } = await output.listening().catch((error) => {
    child.kill("SIGKILL");
    throw error;
  });
  const wrapper = child.pid === pid ? undefined : child.pid;
  const pids = wrapper === undefined ? [pid] : [pid, wrapper];
  let hasEnded = false;
  const standsStill = load.isWrapperStopped === true && wrapper !== undefined;
  return {
    ...{ port, pid, pids, startup },
    memory: () => ({ rss: rssOf(pid), wrapperRss: wrapper === undefined ? 0 : rssOf(wrapper) }),
    async phase(seconds) {
      if (standsStill) process.kill(wrapper, "SIGSTOP");
      const before = stateOf({ pid, wrapper, output });
      const { requests, p50, p99, after } = await wrk({ port, seconds, connections })
        .then((found) => ({ ...found, after: stateOf({ pid, wrapper, output }) }))
        .finally(() => standsStill && signal(wrapper, "SIGCONT"));
      const each = (key: keyof State) => (after[key] - before[key]) / requests;
      return {
        ...{ requests, p50, p99, cpu: each("cpu"), wrapperCpu: each("wrapperCpu") },
        ...{ switches: each("switches"), gcTime: each("gcTime") },
        ...{ majors: 1000 * each("majors"), scavenges: 1000 * each("scavenges") },
      };
    },
    async end() {
      process.kill(pid, "SIGTERM");
      await exit;
      hasEnded = true;
    },
    kill() {
      // By then their numbers may be others'.
      if (!hasEnded) { for (const it of pids) signal(it, "SIGKILL"); }
    },
  };
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch {
    // It has ended by itself.
  }
}

/** Sums so far; times in microseconds. */
interface State {
  readonly cpu: number;
  readonly wrapperCpu: number;
  readonly switches: number;
  readonly gcTime: number;
  readonly majors: number;
  readonly scavenges: number;
}

function stateOf(of: { pid: number; wrapper: number | undefined; output: Output }): State {
  const { pid, wrapper, output: { gcTime, majors, scavenges } } = of;
  const wrapperCpu = wrapper === undefined ? 0 : cpuOf(wrapper);
  return { cpu: cpuOf(pid), wrapperCpu, switches: switchesOf(pid), gcTime, majors, scavenges };
}

/** `[123:0x2c1f5000]     8975 ms: Scavenge 17.1 (22.1) -> 13.3 (23.4) MB, pooled: 0.0 MB, 0.28 / 0.02 ms …` */
const COLLECTION = /^\[\d+:\w+\] +\d+ ms: (\S+)[^\n]*? MB,(?: pooled:[^,]*,)? ([\d.]+) \/ /gm;

/** What the server prints: where it listens, and V8's lines of collections. */
class Output {
  gcTime = 0;
  majors = 0;
  scavenges = 0;
  private text = "";
  private readonly found = Promise.withResolvers<{ port: number; pid: number; startup: number }>();

  constructor(stdout: AsyncIterable<Uint8Array>) {
    this.read(stdout).catch(this.found.reject);
  }

  listening(): Promise<{ port: number; pid: number; startup: number }> {
    return this.found.promise;
  }

  private async read(stdout: AsyncIterable<Uint8Array>): Promise<void> {
    for await (const chunk of stdout) {
      const lines = this.text + new TextDecoder().decode(chunk);
      const end = lines.lastIndexOf("\n") + 1;
      this.text = lines.slice(end);
      this.take(lines.slice(0, end));
    }
    this.found.reject(new Error("The server ended before it listened"));
  }

  private take(lines: string): void {
    const place = /^port (\d+) pid (\d+) up ([\d.]+)$/m.exec(lines);
    if (place) {
      this.found.resolve({ port: Number(place[1]), pid: Number(place[2]), startup: Number(place[3]) * 1000 });
    }
    for (const [, kind, time] of lines.matchAll(COLLECTION)) {
      this.gcTime += Number(time) * 1000;
      if (kind === "Scavenge") this.scavenges++;
      else this.majors++;
    }
  }
}

async function wrk({ port, seconds, connections }: { port: number; seconds: number; connections: number }) {
  const args = ["-t1", `-c${connections}`, `-d${seconds}`, "--latency", `http://127.0.0.1:${port}/`];
  const { stdout } = await promisify(execFile)("wrk", args);
  const find = (pattern: RegExp) => pattern.exec(stdout)?.[1] ?? "";
  return {
    requests: Number(find(/(\d+) requests in/)),
    p50: duration(find(/^\s+50%\s+(\S+)/m)),
    p99: duration(find(/^\s+99%\s+(\S+)/m)),
  };
}

const UNITS: Record<string, number> = { us: 1, ms: 1000, s: 1_000_000 };

function duration(text: string): number {
  const [, value, unit] = /^([\d.]+)(us|ms|s)$/.exec(text) ?? [];
  return Number(value) * UNITS[unit ?? ""]!;
}
