/** Which of the profile files that the index names are there. */
import { lstatSync } from "node:fs";
import { join } from "node:path";
import { filesBelow } from "../files/files_below.ts";
import type { Milliseconds } from "../units.ts";
import { PROFILE_STATES, type Table } from "./table/table.ts";

/** A list of files is believed for so long, */
const FRESH: Milliseconds = 2000;
/** and for so many times the time that it took: beside a server there is better to do. */
const REST = 200;
const [KEPT, AWAITED] = [PROFILE_STATES.indexOf("kept"), PROFILE_STATES.indexOf("awaited")];

export class ProfileListing {
  readonly #directory: string;
  readonly #table: Table;
  #files = new Set<string>();
  #listAgainAt = -Infinity;
  #wasLive = false;
  /** Requests whose files have been removed. */
  gone = 0;

  constructor(directory: string, table: Table) {
    this.#directory = directory;
    this.#table = table;
  }

  /** Looks which files there are, if that was long ago. */
  list(): boolean {
    const at = performance.now();
    if (at < this.#listAgainAt) return false;
    this.#files = filesBelow(this.#directory);
    const listedAt = performance.now();
    this.#listAgainAt = listedAt + Math.max(FRESH, REST * (listedAt - at));
    return true;
  }

  /** Whether this file is there, named as in the index; `isLive`: it may have been written since the last look. */
  has(file: string, isLive: boolean): boolean {
    return this.#files.has(file) ||
      isLive && lstatSync(join(this.#directory, file), { throwIfNoEntry: false })?.isFile() === true;
  }

  /** Marks the rows whose files have been written or removed meanwhile. */
  update(isLive: boolean): void {
    // When a run ends its last files are written.
    if (this.#wasLive && !isLive) this.#listAgainAt = -Infinity;
    this.#wasLive = isLive;
    if (!this.list()) return;
    const { profile, file, rows } = this.#table;
    const gone: number[] = [];
    const written: number[] = [];
    for (let row = 0; row < rows; row++) {
      const state = profile.get(row);
      if (state !== KEPT && state !== AWAITED) continue;
      if (this.has(file.get(row), isLive)) {
        if (state === AWAITED) written.push(row);
      } else if (state === KEPT || !isLive) gone.push(row);
    }
    this.gone += gone.length;
    this.#table.setProfiles(gone, "gone");
    this.#table.setProfiles(written, "kept");
  }
}
