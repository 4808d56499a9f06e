/** The profile files of a run: written whole, within its limits; those of faster requests make room for those of slower ones. */
import { join } from "node:path";
import { directoryBelow } from "../files/directories.ts";
import {
  breakPromise,
  promiseName,
  removeSame,
  writeExclusive,
  writePromised,
} from "../files/exclusive_file.ts";
import type { Format } from "../formats/mod.ts";
import { fieldsOf, formatTemplate, safeName, type Template } from "../naming/mod.ts";
import type { RequestProfile } from "../profile/request.ts";
import type { Bytes } from "../units.ts";
import { type KeptFile, type KeptFiles, type Limits, Retention } from "./retention.ts";
import { type Content, contentsOf, sizeOf } from "./file_contents.ts";
import type { SpareTime } from "./spare_time.ts";
import { WaitingFiles } from "./waiting_files.ts";

/** What the files are made with. */
export interface ProfileFilesOptions extends Limits {
  /** Absolute; exists. */
  readonly directory: string;
  readonly template: Template;
  readonly formats: readonly Format[];
  /** When there is none, files wait; absent, each is written at once. */
  readonly spare?: SpareTime | undefined;
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
  #spare: SpareTime | undefined;
  readonly #retention: Retention;
  readonly #waiting = new WaitingFiles();
  /** Requests that were to have files and have none, for the limits are reached. */
  limited = 0;
  /** Files that could not be written. */
  failures = 0;
  /** Why something could not be written; undefined while all could. */
  lastError: unknown;

  constructor(options: ProfileFilesOptions) {
    this.#options = options;
    this.#spare = options.spare;
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

  /** Writes the files of a request if they are to be kept, now or later; gives their names, with `/` on every system. */
  add(wanted: Wanted): string[] {
    const spare = this.#spare;
    const count = this.#options.formats.length;
    if (!this.#retention.admits(wanted.route, wanted.rank, count)) return this.#leaveOut();
    if (spare === undefined) {
      // The index already names files that wait: they come first, so that few of them are missing if the user gives up the rest.
      if (this.#waiting.size > 0) this.#writeFirst();
      return this.#addNow(wanted);
    }
    // Where something could not be written, the index should not promise more.
    const isNow = this.failures > 0 || (this.#waiting.size === 0 && spare.isLeft());
    return isNow ? spare.use(() => this.#addNow(wanted)) : this.#addLater(wanted);
  }

  #addNow({ profile, route, rank }: Wanted): string[] {
    const contents = contentsOf(profile, this.#options.formats);
    const size = sizeOf(contents);
    // Known before they are written: what makes room for them must be gone by then.
    const files: KeptFile[] = contents.map(() => ({ name: "", identity: "" }));
    const displaced = this.#retention.add({ route, rank, files, size });
    if (displaced === undefined) return this.#leaveOut();
    for (const it of displaced) this.#remove(it);
    const names = this.#write(profile, contents, files);
    this.count += names.length;
    return names;
  }

  #addLater({ profile, route, rank }: Wanted): string[] {
    const files = this.#promise(profile);
    if (files.length === 0) return [];
    const kept = { route, rank, files, size: this.#retention.expected(files.length) };
    const displaced = this.#retention.add(kept);
    if (displaced === undefined) {
      for (const { name } of files) breakPromise(join(this.#options.directory, name));
      return this.#leaveOut();
    }
    for (const it of displaced) this.#remove(it);
    this.#waiting.add(kept, profile);
    this.count += files.length;
    if (this.#waiting.isFull) this.#writeFirst();
    return files.map(({ name }) => name);
  }

  /** Writes files that wait, those of a request at a step, as long as there is time. */
  *writeWaiting(): Generator<void> {
    while (this.#waiting.size > 0 && this.#spare?.isLeft() !== false) {
      if (this.#spare === undefined) this.#writeFirst();
      else this.#spare.use(() => this.#writeFirst());
      yield;
    }
  }

  /** The server has ended: from now on nothing waits. */
  hurry(): void {
    this.#spare = undefined;
  }

  /** What waits will not be written. */
  forgetWaiting(): void {
    for (let first; (first = this.#waiting.takeFirst());) {
      this.count -= first[0].files.length;
      this.failures += first[0].files.length;
    }
  }

  #writeFirst(): void {
    const [kept, profile] = this.#waiting.takeFirst()!;
    const contents = contentsOf(profile, this.#options.formats).filter(({ extension }) =>
      kept.files.some(({ name }) => name.endsWith(extension))
    );
    const victims = this.#retention.settleSize(kept, sizeOf(contents));
    for (const it of victims) this.#remove(it);
    if (!victims.includes(kept)) this.#keepPromise(kept.files as KeptFile[], contents);
  }

  /** Writes the files of what a process did outside of requests, whatever the limits are. */
  addOutside(profile: RequestProfile): string[] {
    const contents = contentsOf(profile, this.#options.formats);
    return this.#write(profile, contents, contents.map(() => ({ name: "", identity: "" })));
  }

  #leaveOut(): string[] {
    this.limited++;
    return [];
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
        this.#fail(error);
      }
    }
    return names;
  }

  /** The names that the files will have. */
  #promise(profile: RequestProfile): KeptFile[] {
    const { directory, template, formats } = this.#options;
    const segments = formatTemplate(template, fieldsOf(profile));
    const files: KeptFile[] = [];
    for (const { extension } of formats) {
      const { directories, candidate } = safeName(segments, extension);
      try {
        const name = promiseName(directoryBelow(directory, directories), candidate);
        files.push({ name: [...directories, name].join("/"), identity: "" });
      } catch (error) {
        this.#fail(error);
      }
    }
    return files;
  }

  #keepPromise(files: KeptFile[], contents: readonly Content[]): void {
    for (const [i, { name }] of files.entries()) {
      const bytes = contents.find(({ extension }) => name.endsWith(extension))!.bytes;
      try {
        const { folder, base } = this.#split(name);
        files[i] = { name, identity: writePromised(folder, base, bytes) };
      } catch (error) {
        files[i] = { name: "", identity: "" };
        this.count--;
        this.#fail(error);
      }
    }
  }

  #fail(error: unknown): void {
    this.failures++;
    this.lastError = error;
  }

  /** Where a file is that has this name in the index. */
  #split(name: string): { folder: string; base: string } {
    const parts = name.split("/");
    return { folder: directoryBelow(this.#options.directory, parts.slice(0, -1)), base: parts.at(-1)! };
  }

  #remove(kept: KeptFiles): void {
    this.limited++;
    this.#waiting.remove(kept);
    for (const { name, identity } of kept.files) {
      // It was never written, or somebody removed it.
      if (name === "") continue;
      this.count--;
      if (identity === "") {
        breakPromise(join(this.#options.directory, name));
        continue;
      }
      try {
        const { folder, base } = this.#split(name);
        removeSame(join(folder, base), identity);
      } catch (error) {
        this.lastError = error;
      }
    }
  }
}
