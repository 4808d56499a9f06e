/** `routes.pb.gz`: the profile of each route of a run. Written when the run begins, now and then, and when it ends. */
import { join } from "node:path";
import { FileRefused } from "../files/refused.ts";
import { readRegular } from "../files/regular.ts";
import { FormatError, MAX_CONTENT } from "../formats/mod.ts";
import { readRoutes, writeRoutes } from "../formats/routes_pprof.ts";
import type { RequestProfile } from "../profile/request.ts";
import type { RouteProfiles } from "../profile/route_profiles.ts";
import type { Milliseconds } from "../units.ts";
import type { IndexEntry } from "./entry.ts";
import { ROUTES_NAME, routesFile, unreadable } from "./own_files.ts";
import { RouteSums } from "./route_sums.ts";

/** How often it is written while a run goes on, */
const PERIOD: Milliseconds = 5000;
/** but for a large one, which is written in this share of the time at most. */
const SHARE = 0.005;

export class RoutesFile {
  readonly #sums: RouteSums;
  readonly #run: string;
  readonly #write: (content: Uint8Array) => void;
  #dueAt: Milliseconds = 0;
  #isChanged = true;

  constructor(directory: string, run: string, sums = new RouteSums()) {
    this.#sums = sums;
    this.#run = run;
    const file = routesFile(directory);
    this.#write = (content) => file.replace(content);
  }

  /** See `RouteSums.add`. */
  add(entry: IndexEntry, request: RequestProfile): void {
    this.#sums.add(entry, request);
    this.#isChanged = true;
  }

  /** See `RouteSums.addOutside`. */
  addOutside(profile: RequestProfile): void {
    this.#sums.addOutside(profile);
    this.#isChanged = true;
  }

  /** Writes the file if it is time to; `isLast`: now. Throws if the disk does not take it, or what stands there is not ours. */
  write(isLast: boolean): void {
    const at = performance.now();
    if (!this.#isChanged || !isLast && at < this.#dueAt) return;
    try {
      this.#write(writeRoutes(this.#sums.profiles(this.#run)));
      this.#isChanged = false;
    } finally {
      this.#dueAt = at + Math.max(PERIOD, (performance.now() - at) / SHARE);
    }
  }
}

/**
 * The `routes.pb.gz` of a directory; undefined if there is none.
 *
 * @throws `FileRefused` if it is damaged, no regular file, or cannot be read
 */
export function readRoutesFile(directory: string): RouteProfiles | undefined {
  const path = join(directory, ROUTES_NAME);
  try {
    return readRoutes(readRegular(path, MAX_CONTENT));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    if (error instanceof FormatError || error instanceof RangeError) {
      throw new FileRefused(path, `its ${ROUTES_NAME} cannot be read: ${error.message}`);
    }
    throw unreadable(path, error);
  }
}
