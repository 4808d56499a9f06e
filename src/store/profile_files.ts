/** The profile files of a run: written whole, within its limits; those of faster requests make room for those of slower ones. */
import { join } from "node:path";
import { directoryBelow } from "../files/directories.ts";
import { removeSame, writeExclusive } from "../files/exclusive_file.ts";
import type { Format } from "../formats/mod.ts";
import { fieldsOf, formatTemplate, safeName, type Template } from "../naming/mod.ts";
import type { RequestProfile } from "../profile/request.ts";
import type { Bytes } from "../units.ts";
import { type KeptFile, type KeptFiles, type Limits, Retention } from "./retention.ts";

/** What the files are made with. */
export interface ProfileFilesOptions extends Limits {
  /** Absolute; exists. */
  readonly directory: string;
  readonly template: Template;
  readonly formats: readonly Format[];
}

/** A request that is to have files. */
export interface Wanted {
  readonly profile: RequestProfile;
  readonly route: string;
  /** See `rankOf`. */
  readonly rank: number;
}

export class ProfileFiles {
  readonly #options: ProfileFilesOptions;
  readonly #retention: Retention;
  /** Requests that were to have files and have none, for the limits are reached. */
  limited = 0;
  /** Files that could not be written. */
  failures = 0;
  /** Why something could not be written; undefined while all could. */
  lastError: unknown;

  constructor(options: ProfileFilesOptions) {
    this.#options = options;
    this.#retention = new Retention(options);
  }

  /** How many there are of requests. */
  count = 0;

  /** Their bytes. */
  get size(): Bytes {
    return this.#retention.size;
  }

  /** Counts the files of a request that an earlier part of the run has left. */
  addEarlier(kept: KeptFiles): void {
    this.#retention.add(kept);
    this.count += kept.files.length;
  }

  /** Writes the files of a request if they are to be kept; gives their names, with `/` on every system. */
  add({ profile, route, rank }: Wanted): string[] {
    const { formats } = this.#options;
    if (!this.#retention.admits(route, rank, formats.length)) return this.#leaveOut();
    const contents = this.#contentsOf(profile);
    const size = contents.reduce((sum, { bytes }) => sum + bytes.length, 0);
    // Known before they are written: what makes room for them must be gone by then.
    const files: KeptFile[] = contents.map(() => ({ name: "", identity: "" }));
    const displaced = this.#retention.add({ route, rank, files, size });
    if (displaced === undefined) return this.#leaveOut();
    for (const { files } of displaced) this.#remove(files);
    const names = this.#write(profile, contents, files);
    this.count += names.length;
    return names;
  }

  /** Writes the files of what a process did outside of requests, whatever the limits are. */
  addOutside(profile: RequestProfile): string[] {
    const contents = this.#contentsOf(profile);
    return this.#write(profile, contents, contents.map(() => ({ name: "", identity: "" })));
  }

  #leaveOut(): string[] {
    this.limited++;
    return [];
  }

  #contentsOf(profile: RequestProfile): Content[] {
    return this.#options.formats.map(({ extension, write }) => ({
      extension,
      bytes: toBytes(write(profile)),
    }));
  }

  /** `files` gets the name and identity of each. */
  #write(profile: RequestProfile, contents: readonly Content[], files: KeptFile[]): string[] {
    const { directory, template } = this.#options;
    const segments = formatTemplate(template, fieldsOf(profile));
    const names: string[] = [];
    for (const [i, { extension, bytes }] of contents.entries()) {
      const { directories, candidate } = safeName(segments, extension);
      try {
        const folder = directoryBelow(directory, directories);
        const { name, identity } = writeExclusive(folder, candidate, bytes);
        const inside = [...directories, name].join("/");
        files[i] = { name: inside, identity };
        names.push(inside);
      } catch (error) {
        this.failures++;
        this.lastError = error;
      }
    }
    return names;
  }

  #remove(files: readonly KeptFile[]): void {
    this.limited++;
    for (const { name, identity } of files) {
      // It was never written, or somebody removed it.
      if (name === "") continue;
      this.count--;
      try {
        const parts = name.split("/");
        removeSame(
          join(directoryBelow(this.#options.directory, parts.slice(0, -1)), parts.at(-1)!),
          identity,
        );
      } catch (error) {
        this.lastError = error;
      }
    }
  }
}

/** A file to be. */
interface Content {
  readonly extension: string;
  readonly bytes: Uint8Array;
}

function toBytes(content: string | Uint8Array): Uint8Array {
  return typeof content === "string" ? Buffer.from(content) : content;
}
