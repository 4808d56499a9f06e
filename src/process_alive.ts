/**
 * Which process an id belongs to. The system gives the id of a process that has ended to another one: only together with its
 * birth it names one process. Everything that kills or waits asks here.
 *
 * Linux tells in /proc, also where there is no `ps` (slim images); elsewhere `ps` is asked. Windows tells JavaScript neither
 * birth nor group, and its own tools for that take half a second or are being removed: there the id alone has to do.
 */
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import process from "node:process";

/** One process, for as long as the system runs. */
export interface ProcessIdentity {
  readonly pid: number;
  /** When it was started, in the system's own words; null where the system does not say. */
  readonly born: string | null;
}

/** The process that has this id now. */
export function identityOf(pid: number): ProcessIdentity {
  return { pid, born: birthOf(pid) };
}

/** Whether a process of this id runs. One that has ended, but that its parent has not noticed yet, does not. */
export function isAlive(pid: number): boolean {
  return isThere(pid) && !hasEnded(statOf(pid));
}

/** Whether this very process runs, and not a later one that has got its id. */
export function isSame({ pid, born }: ProcessIdentity): boolean {
  if (!seemsSame({ pid, born })) return false;
  const now = born === null ? null : birthOf(pid);
  return now === null || now === born;
}

/** The same, for those who ask often: no program is asked, so where only `ps` knows births, a later process passes for it. */
export function seemsSame({ pid, born }: ProcessIdentity): boolean {
  if (!isThere(pid)) return false;
  const stat = statOf(pid);
  return !hasEnded(stat) && (born === null || stat === undefined || stat[START] === born);
}

/** When the process of this id was started, in the system's own words; null where the system does not say. */
export function birthOf(pid: number): string | null {
  return statOf(pid)?.[START] ?? askPs(pid, "lstart");
}

/** A birth on the wall clock in milliseconds, to a second or two; null if it is none. */
export function birthTime(born: string | null): number | null {
  const on = born === null
    ? NaN
    : process.platform === "linux"
    ? bootTime() + Number(born) * TICK
    : Date.parse(born);
  return Number.isNaN(on) ? null : on;
}

/** The process group of a process; null where the system does not say. */
export function groupOf(pid: number): number | null {
  const group = statOf(pid)?.[GROUP] ?? askPs(pid, "pgid");
  return group === null ? null : Number(group);
}

/** Fields of /proc/PID/stat from the state on, which is the first of them. See proc_pid_stat(5). */
const [GROUP, START] = [2, 19];
/** Zombie, dead. */
const ENDED = ["Z", "X"];
/** Linux counts births in hundredths of a second since it was started, on every machine that Node runs on (USER_HZ). */
const TICK = 10;

function isThere(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

function hasEnded(stat: readonly string[] | undefined): boolean {
  return ENDED.includes(stat?.[0] ?? "");
}

/** What Linux tells of a process, from its state on: before that stands its name, which may hold anything. */
function statOf(pid: number): string[] | undefined {
  const stat = readProc(`${pid}/stat`);
  return stat?.slice(stat.lastIndexOf(")") + 2).split(" ");
}

function bootTime(): number {
  return Number(/^btime (\d+)$/m.exec(readProc("stat") ?? "")?.[1]) * 1000;
}

function readProc(name: string): string | undefined {
  if (process.platform !== "linux") return undefined;
  try {
    return readFileSync(`/proc/${name}`, "utf8");
  } catch {
    return undefined;
  }
}

/** What `ps` says of a process; null where there is none, or no such process. */
function askPs(pid: number, field: "lstart" | "pgid"): string | null {
  if (process.platform === "win32" || existsProc()) return null;
  const env = { ...process.env, LC_ALL: "C" };
  const { stdout } = spawnSync("ps", ["-o", `${field}=`, "-p", String(pid)], {
    encoding: "utf8",
    stdio: "pipe",
    env,
  });
  return stdout?.trim() || null;
}

let hasProc: boolean | undefined;

/** Whether /proc tells: then a process of which it does not is none, or none of ours to see. */
function existsProc(): boolean {
  return hasProc ??= readProc("self/stat") !== undefined;
}
