/** What processes have taken of the system so far. Linux only. */
import { readdirSync, readFileSync } from "node:fs";
import { setTimeout } from "node:timers/promises";

/** CPU of all threads that are there in microseconds. https://docs.kernel.org/scheduler/sched-stats.html#proc-pid-schedstat */
export function cpuOf(pid: number): number {
  return sumOf(pid, "schedstat", (text) => Number(text.split(" ")[0])) / 1000;
}

/** Switches of cores, voluntary and not, of all threads that are there. https://man7.org/linux/man-pages/man5/proc_pid_status.5.html */
export function switchesOf(pid: number): number {
  return sumOf(pid, "status", (text) => {
    const counts = text.matchAll(/ctxt_switches:\s+(\d+)/g);
    return counts.reduce((sum, [, count]) => sum + Number(count), 0);
  });
}

export function rssOf(pid: number): number {
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]) * 1024;
}

function sumOf(pid: number, file: string, valueOf: (text: string) => number): number {
  let sum = 0;
  for (const thread of readdirSync(`/proc/${pid}/task`)) {
    try {
      sum += valueOf(readFileSync(`/proc/${pid}/task/${thread}/${file}`, "utf8"));
    } catch (error) {
      // It has ended since its name was read.
      if (!["ENOENT", "ESRCH"].includes((error as NodeJS.ErrnoException).code!)) throw error;
    }
  }
  return sum;
}

/** Milliseconds. */
const LOOK_EACH = 50;
const AT_MOST = 3000;
/** Of a core: a profiler takes samples of a server that does nothing, too, for up to a tenth of a core. */
const NEXT_TO_NOTHING = 0.15;

/**
 * Waits until each of these processes does next to nothing, for three seconds at most: what is measured next is not to share its cores with
 * what was measured before. profsrv writes files up to two seconds after the requests.
 */
export async function untilStill(pids: readonly number[]): Promise<void> {
  const end = performance.now() + AT_MOST;
  let [at, before] = [performance.now(), pids.map(cpuOf)];
  for (;;) {
    await setTimeout(LOOK_EACH);
    const [now, after] = [performance.now(), pids.map(cpuOf)];
    const most = Math.max(0, ...after.map((cpu, i) => cpu - before[i]!));
    if (most < NEXT_TO_NOTHING * 1000 * (now - at) || now > end) return;
    [at, before] = [now, after];
  }
}
