/** Writes a profile in several formats, as `profsrv convert` does. */
import { mkdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { directoryBelow } from "../files/directories.ts";
import { writeExclusive } from "../files/exclusive_file.ts";
import type { Format } from "../formats/mod.ts";
import { type Profile, unitOf } from "../profile/model.ts";
import type { RequestProfile } from "../profile/request.ts";
import { reasonOf } from "../system_error.ts";

/** A file that cannot be converted; the message is one sentence. The others go on. */
export class BadFile extends Error {}

/** A directory does not take our files; the message is one sentence. */
export class Unwritable extends Error {}

/** Where the files go. */
export interface Place {
  /** Made if missing. */
  readonly root: string;
  /** Directories below it, made if missing. */
  readonly below: readonly string[];
  /** The `n`th choice for a file's name. */
  candidate(extension: string, n: number): string;
}

/**
 * Writes the profile in each format; gives the paths. Nothing is written before all of it is made, and nothing over another file.
 *
 * @throws `BadFile`, `Unwritable`
 */
export function writeProfile(subject: RequestProfile, formats: readonly Format[], place: Place): string[] {
  const contents = formats.map(({ id, extension, write }) => {
    const content = atMost(() => write(subject), `Cannot write "${place.candidate(extension, 1)}" as ${id}`);
    return { extension, bytes: typeof content === "string" ? new TextEncoder().encode(content) : content };
  });
  const { root, below } = place;
  const directory = join(root, ...below);
  try {
    mkdirSync(root, { recursive: true });
    directoryBelow(root, below);
    return contents.map(({ extension, bytes }) =>
      join(directory, writeExclusive(resolve(directory), (n) => place.candidate(extension, n), bytes).name)
    );
  } catch (error) {
    throw new Unwritable(`Cannot write to "${directory}": ${reasonOf(error)}`);
  }
}

/** Throws `BadFile` where a format cannot hold what is measured. */
export function refuseUnit(measured: Pick<Profile, "unit">, formats: readonly Format[], what: string): void {
  const unit = unitOf(measured);
  const wrong = formats.find(({ units }) => !units.includes(unit));
  if (wrong === undefined) return;
  throw new BadFile(
    `${what}: ${
      unit === "bytes" ? "it holds allocated bytes" : "it holds CPU time"
    }, which ${wrong.id} cannot`,
  );
}

/** What comes of making a text or table, which the runtime holds to a length. */
export function atMost<T>(make: () => T, what: string): T {
  try {
    return make();
  } catch (error) {
    if (error instanceof RangeError) throw new BadFile(`${what}: that would be too large`);
    throw error;
  }
}
