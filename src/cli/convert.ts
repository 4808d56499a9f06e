/** `profsrv convert`: find the profiles, read each, write it in the wanted formats. */
import { basename, dirname } from "node:path";
import process from "node:process";
import { FileRefused } from "../files/refused.ts";
import { readRegular } from "../files/regular.ts";
import { FormatError, formatOfFile, MAX_CONTENT, readable } from "../formats/mod.ts";
import type { ChildExit } from "../launch/mod.ts";
import type { Unit } from "../profile/model.ts";
import type { RequestProfile } from "../profile/request.ts";
import { readRunRecord } from "../store/read_run.ts";
import { reasonOf } from "../system_error.ts";
import type { ConvertOptions } from "./args.ts";
import { convertMerged } from "./convert_merged.ts";
import { counted } from "./counted.ts";
import { kindAt, profileFilesIn, type Source } from "./profile_files.ts";
import { type Progress, startProgress } from "./progress.ts";
import type { Reporter } from "./reporter.ts";
import { atMost, BadFile, refuseUnit, Unwritable, writeProfile } from "./write_profile.ts";

/** The one file that was named cannot be converted. */
const BAD_FILE = 2;
/** Some of a directory could not be, or the disk did not take it. */
const INCOMPLETE = 1;

/** Why some formats cannot be read. */
const SUMS_ONLY = "holds sums by function and call, not the stacks that are needed";

/** Converts a file or all profiles of a directory. Gives how we are to end. */
export async function convert(options: ConvertOptions, reporter: Reporter): Promise<ChildExit> {
  const { path } = options;
  const progress = startProgress();
  try {
    const kind = kindAt(path);
    if (options.isMerged) {
      if (kind === "file") {
        throw new BadFile(`Cannot merge "${path}": it is a file, expected a run's directory`);
      }
      const stop = stopOnSignal();
      await convertMerged(options, { reporter, progress, isStopped: () => stop.signal !== undefined });
      return stop.signal === undefined ? { code: 0 } : { signal: stop.signal };
    }
    if (kind === "directory") return await convertAll(options, { reporter, progress });
    const source = { path, root: dirname(path), below: [], formats: options.formats, isNamed: true };
    const written = convertOne(source, options.out, progress);
    progress.clear();
    for (const file of written) reporter.notice(`wrote ${file}`);
    return { code: 0 };
  } catch (error) {
    progress.clear();
    if (error instanceof Unwritable) return failed(reporter, error.message, INCOMPLETE);
    if (error instanceof BadFile) return failed(reporter, error.message, BAD_FILE);
    const { code } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    const reason = code === "ENOENT" ? "there is no such file or directory" : reasonOf(error);
    return failed(reporter, `Cannot read "${path}": ${reason}`, BAD_FILE);
  } finally {
    progress.clear();
  }
}

function failed(reporter: Reporter, text: string, code: number): ChildExit {
  reporter.error(text);
  return { code };
}

function count(number: number, thing: string): string {
  return `${number} ${thing}${number === 1 ? "" : "s"}`;
}

interface Tools {
  readonly reporter: Reporter;
  readonly progress: Progress;
}

async function convertAll(
  { path, out, formats }: ConvertOptions,
  { reporter, progress }: Tools,
): Promise<ChildExit> {
  const found = profileFilesIn(path, { formats, isElsewhere: out !== undefined });
  const { sources, done, links, unreadable } = found;
  const kinds = found.unreadableIds.join(" and ");
  const stop = stopOnSignal();
  let [profiles, files, bad] = [0, 0, 0];
  for (const source of sources) {
    progress.show(`${profiles + bad} of ${counted(sources.length, "profile")}`);
    // Lets a signal come through: between two files nothing is half-written.
    await new Promise((resolve) => setImmediate(resolve));
    if (stop.signal !== undefined) return { signal: stop.signal };
    try {
      files += convertOne(source, out, progress).length;
      profiles++;
    } catch (error) {
      if (!(error instanceof BadFile)) throw error;
      bad++;
      progress.clear();
      reporter.error(error.message);
    }
  }
  progress.clear();
  if (profiles + bad + done + links === 0) {
    if (unreadable > 0) {
      throw new BadFile(
        `Nothing to convert in "${path}": ${kinds} ${SUMS_ONLY}, expected files named ${extensions()}`,
      );
    }
    throw new BadFile(
      `Nothing to convert in "${path}": it has no profiles, expected files named ${extensions()}`,
    );
  }
  const parts = [`${count(profiles, "profile")} converted, ${count(files, "file")} written`];
  if (done > 0) parts.push(`${count(done, "profile")} there already`);
  if (links > 0) parts.push(`${count(links, "link")} not followed`);
  if (unreadable > 0) parts.push(`${unreadable} left out, as ${kinds} ${SUMS_ONLY}`);
  if (bad > 0) parts.push(`${bad} could not be converted`);
  reporter.notice(parts.join(", "));
  return { code: bad > 0 ? INCOMPLETE : 0 };
}

/** Reads a file and writes it in its formats; gives the paths. */
function convertOne(source: Source, out: string | undefined, progress: Progress): string[] {
  const { path, below, formats } = source;
  const subject = read(source, progress);
  refuseUnit(subject.profile, formats, `Cannot convert "${path}"`);
  const name = basename(path);
  const stem = name.slice(0, -(formatOfFile(name)?.extension.length ?? 0));
  progress.show(`writing ${name}`);
  return writeProfile(subject, formats, {
    root: out ?? source.root,
    below,
    candidate: (extension, n) => n === 1 ? stem + extension : `${stem}-${n}${extension}`,
  });
}

function read({ path, root, isNamed }: Source, progress: Progress): RequestProfile {
  const name = basename(path);
  const format = formatOfFile(name);
  const expected = extensions();
  if (format === undefined) {
    throw new BadFile(`Cannot convert "${path}": unknown kind of file, expected one named ${expected}`);
  }
  if (format.read === undefined) {
    throw new BadFile(
      `Cannot convert "${path}": ${format.id} ${SUMS_ONLY}, expected ${expected}`,
    );
  }
  progress.show(`reading ${name}`);
  const { read } = format;
  const unit = unitIn(root);
  try {
    const content = readRegular(path, MAX_CONTENT, { followsLink: isNamed });
    return atMost(() => read(content, name, unit), `Cannot convert "${path}"`);
  } catch (error) {
    if (error instanceof BadFile) throw error;
    if (error instanceof FileRefused) throw new BadFile(`Cannot read "${path}": ${error.reason}`);
    if (error instanceof FormatError) throw new BadFile(`Cannot convert "${path}": ${error.message}`);
    if ((error as NodeJS.ErrnoException).code === undefined) throw error;
    throw new BadFile(`Cannot read "${path}": ${reasonOf(error)}`);
  }
}

/** What the profiles of the run in a directory are of, for a file that does not say; undefined if there is no run. */
function unitIn(directory: string): Unit | undefined {
  try {
    return readRunRecord(directory)?.profiler === "heap" ? "bytes" : undefined;
  } catch {
    return undefined; // What calls itself a run there is none.
  }
}

function extensions(): string {
  return readable.map(({ extension }) => extension).join(" ");
}

/** Holds the signals that would end us in the middle of a file; `signal` is the one that came. We end soon after. */
function stopOnSignal(): { readonly signal?: string } {
  const came: { signal?: string } = {};
  const note = (signal: string): void => void (came.signal = signal);
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, note);
  return came;
}
