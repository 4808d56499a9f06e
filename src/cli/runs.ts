/** `profsrv runs`: the runs in the system's temporary directory, and what killed ones left there; listed and removed. */
import { tmpdir } from "node:os";
import process from "node:process";
import { readRunRecord, type RunRecord } from "../store/read_run.ts";
import { contentOf, removeDirectory } from "../files/directories.ts";
import {
  type ChildExit,
  findRunDirectories,
  findSpools,
  type FoundSpool,
  hasWriters,
  leftSpools,
} from "../launch/mod.ts";
import { reasonOf } from "../system_error.ts";
import type { Bytes, EpochMilliseconds, Milliseconds } from "../units.ts";
import type { RunsOptions } from "./args.ts";
import { counted } from "./counted.ts";
import { localTime } from "./lines.ts";
import { printable, shortened } from "./printable.ts";
import type { Reporter } from "./reporter.ts";

/** Something could not be removed. */
const INCOMPLETE = 1;
/** What killed runs left is kept for so long: their reports may still be asked for. */
const KEPT: Milliseconds = 7 * 24 * 3600_000;
const MOST_OF_A_COMMAND = 200;

/** A directory of profsrv's. */
interface Found {
  readonly path: string;
  readonly startedOn: EpochMilliseconds;
  /** When something last happened in it. */
  readonly changedOn: EpochMilliseconds;
  readonly size: Bytes;
  /** In a word or two. */
  readonly what: string;
  readonly goesOn: boolean;
  readonly command: readonly string[];
}

/** Lists this user's runs on stdout, or removes the old ones. Gives how we are to end. */
export function runs(
  { remove }: RunsOptions,
  reporter: Reporter,
  now: EpochMilliseconds = Date.now(),
): ChildExit {
  const found = findRuns();
  if (remove !== undefined) return removeOld(found, remove, { reporter, now });
  process.stdout.on("error", () => {}); // `profsrv runs | head -1` is no failure.
  process.stdout.write(listText(found, tmpdir(), process.stdout.columns));
  return { code: 0 };
}

/** Removes what killed runs left long ago, and says so. */
export function removeLeftSpools(reporter: Reporter): void {
  const left = leftSpools(KEPT);
  for (const { path } of left) removeDirectory(path);
  if (left.length > 0) {
    reporter.notice(`removed what ${counted(left.length, "killed run")} left more than seven days ago`);
  }
}

function findRuns(): Found[] {
  const spools = findSpools();
  const ofRuns = findRunDirectories().flatMap((path) => runAt(path, spools) ?? []);
  const own = spools.map((spool) => leftAt(spool, ofRuns)).filter((it) => it !== undefined);
  return [...ofRuns, ...own].sort((a, b) => b.startedOn - a.startedOn);
}

function runAt(path: string, spools: readonly FoundSpool[]): Found | undefined {
  const record = recordOf(path);
  if (record === undefined) return undefined;
  const { start, end, totals, command } = record;
  const goesOn = spools.some((spool) => spool.manifest.directory === path && isInUse(spool));
  const what = goesOn ? "goes on" : end === null ? "was killed" : counted(totals.requests, "request");
  const content = contentOf(path);
  const changedOn = Math.max(content.changedOn, end === null ? 0 : Date.parse(end));
  return { path, startedOn: Date.parse(start), changedOn, size: content.size, what, goesOn, command };
}

/** A spool in a line of its own, but for one that is read and whose run has one. */
function leftAt(spool: FoundSpool, ofRuns: readonly Found[]): Found | undefined {
  const { path, manifest: { startedOn, command, directory } } = spool;
  const goesOn = isInUse(spool);
  if (goesOn && ofRuns.some((it) => it.path === directory)) return undefined;
  const what = goesOn ? "goes on" : "left over";
  return { path, startedOn, ...contentOf(path), what, goesOn, command };
}

function isInUse(spool: FoundSpool): boolean {
  return spool.reader !== undefined || hasWriters(spool);
}

function recordOf(path: string): RunRecord | undefined {
  try {
    return readRunRecord(path);
  } catch {
    return undefined; // Not for us, or not ours.
  }
}

function removeOld(
  found: readonly Found[],
  age: Milliseconds,
  { reporter, now }: { readonly reporter: Reporter; readonly now: EpochMilliseconds },
): ChildExit {
  let [removed, size, failed] = [0, 0, 0];
  const old = found.filter((it) => !it.goesOn && now - it.changedOn >= age);
  for (const { path, size: own } of old) {
    try {
      removeDirectory(path);
      removed++;
      size += own;
    } catch (error) {
      failed++;
      reporter.error(`Cannot remove "${path}": ${reasonOf(error)}`);
    }
  }
  const left = found.length - old.length;
  reporter.notice(
    `removed ${counted(removed, "directory", "directories")}, ${sizeText(size)}` +
      (left > 0 ? `; ${counted(left, "directory", "directories")} kept, younger or in use` : ""),
  );
  return { code: failed > 0 ? INCOMPLETE : 0 };
}

/** The list as printed. Pure but for the time zone. */
export function listText(found: readonly Found[], folder: string, columns?: number): string {
  if (found.length === 0) return `There are no runs of yours in ${printable(folder)}.\n`;
  const rows = found.map((it) => [
    localTime(new Date(it.startedOn).toISOString()),
    sizeText(it.size),
    it.what,
    printable(it.path),
    printable(shortened(it.command.join(" "), MOST_OF_A_COMMAND)),
  ]);
  const all = [["started", "size", "what", "directory", "command"], ...rows];
  const widths = all[0]!.map((_, at) => Math.max(...all.map((row) => row[at]!.length)));
  const lines = all.map((row) => {
    const line = row.map((it, at) => at === 1 ? it.padStart(widths[at]!) : it.padEnd(widths[at]!)).join("  ");
    return shortened(line.trimEnd(), columns ?? Infinity);
  });
  const size = sizeText(found.reduce((sum, it) => sum + it.size, 0));
  return `${lines.join("\n")}\n${size} in all\n`;
}

/** A size as people read it, as in `1.2 MiB`. */
function sizeText(size: Bytes): string {
  const units = ["B", "KiB", "MiB", "GiB", "TiB"];
  let [value, unit] = [size, 0];
  for (; value >= 1023.95 && unit < units.length - 1; unit++) value /= 1024;
  return `${unit === 0 ? value : value.toFixed(1)} ${units[unit]}`;
}
