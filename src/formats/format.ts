import type { Unit } from "../profile/model.ts";
import type { RequestProfile } from "../profile/request.ts";
import type { Bytes } from "../units.ts";

/** A file is not what it should be; the message says what is wrong and what was expected, as half a sentence. */
export class FormatError extends Error {
  override name = "FormatError";
}

/**
 * A larger profile is not read, nor one that unpacks to more: reading takes a multiple of this in memory, and a file
 * may come from anywhere.
 */
export const MAX_CONTENT: Bytes = 128 * 1024 * 1024;

/**
 * A profile from a file's bytes, which may come from anywhere: every reference in them is checked.
 *
 * @param name the file's, for a profile that says of no request
 * @param unit of a file that does not say what it holds
 * @throws `FormatError`
 */
export type ReadFormat = (content: Uint8Array, name: string, unit?: Unit) => RequestProfile;

/**
 * Holds a file to the limit.
 *
 * @param what of the file is so large, as in `it has`
 * @throws `FormatError`
 */
export function assertSize(size: Bytes, what: string): void {
  if (size <= MAX_CONTENT) return;
  throw new FormatError(`${what} ${size} bytes, expected at most ${MAX_CONTENT} (128 MiB)`);
}

/** The units that most formats can hold. */
export const ALL_UNITS: readonly Unit[] = ["microseconds", "bytes"];

/** A file format for the profile of one request. Writers are pure: same profile, same bytes. */
export interface Format {
  /** What `--format` takes. */
  readonly id: string;
  /** Of file names, with its dot. */
  readonly extension: string;
  readonly mediaType: string;
  /** What opens it, in a few words. */
  readonly about: string;
  /** What it can hold. */
  readonly units: readonly Unit[];
  /** Takes a profile in one of its `units`. */
  readonly write: (subject: RequestProfile) => string | Uint8Array;
  /** Absent where a file does not hold the stacks that the other formats need. */
  readonly read?: ReadFormat;
}
