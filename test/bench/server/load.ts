/** One server under load: starts it, has wrk ask it, and reads what it cost from the system. Linux only. */
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import process from "node:process";
import { promisify } from "node:util";

/** What one measurement found; times in microseconds. */
export interface Measured {
  readonly requests: number;
  /** CPU of the server's process for each request, all its threads. */
  readonly cpu: number;
  /** CPU of the process that started it, for each request; 0 where it started itself. */
  readonly wrapperCpu: number;
  readonly p50: number;
  readonly p99: number;
  /** Resident memory at the end, in bytes: the server's, the wrapper's. */
  readonly rss: number;
  readonly wrapperRss: number;
  /** From the start of the server's process until it listened. */
  readonly startup: number;
  /** All that were answered, those to warm up included. */
  readonly answered: number;
}

export interface Load {
  readonly command: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  readonly seconds: number;
  readonly connections?: number;
  /** Has the wrapper stand still while it is measured: what the server costs where it need not share its cores with it. */
  readonly isWrapperStopped?: boolean;
  /** Called while the server still runs. */
  readonly before?: (port: number, pid: number) => Promise<void>;
  readonly after?: (port: number) => Promise<void>;
}

/** Seconds: in the first two V8 compiles, with and without a profiler, and holds requests up for many milliseconds. */
const WARM_UP = 3;

/** Starts the server, warms it up, measures, and ends it by SIGTERM. */
export async function measure(load: Load): Promise<Measured> {
  const { command: [file = "", ...args], seconds, connections = 16 } = load;
  const child = spawn(file, args, {
    env: { ...process.env, ...load.env, NO_COLOR: "1" },
    ...(load.cwd === undefined ? {} : { cwd: load.cwd }),
    stdio: ["ignore", "pipe", "ignore"],
  });
  const exit = once(child, "exit");
  try {
    const { port, pid, startup } = await listening(child.stdout);
    const warm = await wrk(port, WARM_UP, connections);
    await load.before?.(port, pid);
    const wrapper = child.pid === pid ? undefined : child.pid;
    const standsStill = load.isWrapperStopped === true && wrapper !== undefined;
    if (standsStill) process.kill(wrapper, "SIGSTOP");
    const at = { server: cpuOf(pid), wrapper: wrapper === undefined ? 0 : cpuOf(wrapper) };
    const { requests, p50, p99 } = await wrk(port, seconds, connections);
    const cpu = (cpuOf(pid) - at.server) / requests;
    const wrapperCpu = wrapper === undefined ? 0 : (cpuOf(wrapper) - at.wrapper) / requests;
    if (standsStill) process.kill(wrapper, "SIGCONT");
    await load.after?.(port);
    const [rss, wrapperRss] = [rssOf(pid), wrapper === undefined ? 0 : rssOf(wrapper)];
    process.kill(pid, "SIGTERM");
    await exit;
    const answered = warm.requests + requests;
    return { requests, cpu, wrapperCpu, p50, p99, rss, wrapperRss, startup, answered };
  } finally {
    child.kill("SIGKILL");
  }
}

async function listening(
  stdout: AsyncIterable<Uint8Array>,
): Promise<{ port: number; pid: number; startup: number }> {
  let text = "";
  for await (const chunk of stdout) {
    text += new TextDecoder().decode(chunk);
    const found = /port (\d+) pid (\d+) up ([\d.]+)\n/.exec(text);
    if (found) return { port: Number(found[1]), pid: Number(found[2]), startup: Number(found[3]) * 1000 };
  }
  throw new Error(`The server ended before it listened: "${text}"`);
}

async function wrk(port: number, seconds: number, connections: number) {
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

/** CPU so far in microseconds, in steps of 10 ms. https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html */
function cpuOf(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ").at(-1)!.split(" ");
  return (Number(fields[11]) + Number(fields[12])) * 10_000;
}

function rssOf(pid: number): number {
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]) * 1024;
}
