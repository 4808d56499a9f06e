/** The three files that a run goes on writing into the directory of its profiles, and how they are known to be profsrv's. */
import { basename, join } from "node:path";
import { OwnFile, type OwnKind } from "../files/own_file.ts";
import { FileRefused } from "../files/refused.ts";
import { reasonOf } from "../system_error.ts";
import { isRoutesFile, ROUTES_HEAD } from "../formats/routes_pprof.ts";

/** A line of the index is shorter; so is a run's command. */
export const LONGEST_LINE = 1024 * 1024;
export const LONGEST_RUN_FILE = 16 * 1024 * 1024;

const INDEX: OwnKind = {
  name: "index.ndjson",
  head: LONGEST_LINE,
  isOurs(head) {
    const [line = ""] = head.split("\n", 1);
    const entry = parse(line);
    // Who was killed, or met a full disk, in the middle of the first line left its beginning.
    return /^\{"v":1,"(?:run|id)":"/.test(line) ||
      typeof entry?.["v"] === "number" && typeof entry["outcome"] === "string";
  },
};

const RUN: OwnKind = {
  name: "run.json",
  head: LONGEST_RUN_FILE,
  isOurs(head) {
    const record = parse(head);
    return isRunRecord(record);
  },
};

/** One of these files that cannot be read, with the reason. */
export function unreadable(path: string, error: unknown): unknown {
  const name = `its ${basename(path)}`;
  if (error instanceof FileRefused) {
    return new FileRefused(path, error.reason.replace(/^it (?=is |has )/, `${name} `));
  }
  const { code } = error as NodeJS.ErrnoException;
  return code === undefined ? error : new FileRefused(path, `${name} cannot be read: ${reasonOf({ code })}`);
}

/** See `RoutesFile`. */
export const ROUTES_NAME = "routes.pb.gz";

const ROUTES: OwnKind = { name: ROUTES_NAME, head: ROUTES_HEAD, isOurs: isRoutesFile };

/** Whether it is what profsrv writes into `run.json`, be it a newer one. */
export function isRunRecord(
  value: Readonly<Record<string, unknown>> | undefined,
): value is { readonly v: number; readonly profsrv: string } & Readonly<Record<string, unknown>> {
  return typeof value?.["v"] === "number" && typeof value["profsrv"] === "string";
}

/** `index.ndjson` in a directory. */
export function indexFile(directory: string): OwnFile {
  return new OwnFile(join(directory, INDEX.name), INDEX);
}

/** `run.json` in a directory. */
export function runFile(directory: string): OwnFile {
  return new OwnFile(join(directory, RUN.name), RUN);
}

/** `routes.pb.gz` in a directory. */
export function routesFile(directory: string): OwnFile {
  return new OwnFile(join(directory, ROUTES.name), ROUTES);
}

/** Removes what a run has written besides profiles, as when no request came. Throws if it cannot be. */
export function removeOwnFiles(directory: string): void {
  routesFile(directory).remove();
  runFile(directory).remove();
}

/**
 * Finds out whether a run may write into a directory.
 *
 * @throws `FileRefused` if what is called as a file of ours is none
 */
export function checkOwnFiles(directory: string): void {
  indexFile(directory).check();
  runFile(directory).check();
  routesFile(directory).check();
}

/** An object in JSON; undefined if the text is none. */
export function parse(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value)
      ? value as Record<string, unknown>
      : undefined;
  } catch {
    return undefined;
  }
}
