/** Which files a directory holds. */
import { lstatSync, readdirSync } from "node:fs";
import { dirname, join } from "node:path";

const MOST_DIRECTORIES = 10_000;

/** The names of all files below a directory, with `/`; no link is followed. */
export function filesBelow(directory: string): Set<string> {
  const found = new Set<string>();
  const folders = [""];
  let read = 0;
  for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
    if (read++ >= MOST_DIRECTORIES) break;
    for (const entry of entriesOf(join(directory, folder))) {
      const name = `${folder}${entry.name}`;
      if (entry.isFile()) found.add(name);
      else if (entry.isDirectory()) folders.push(`${name}/`);
    }
  }
  return found;
}

/** Whether files are there, of which many are asked for: each directory that one is in is read once, when it is first asked for. */
export class FilesThere {
  readonly #directory: string;
  readonly #growing: boolean;
  readonly #names = new Map<string, ReadonlySet<string>>();

  /** `growing`: files may come while this is asked. */
  constructor(directory: string, { growing }: { readonly growing: boolean }) {
    this.#directory = directory;
    this.#growing = growing;
  }

  /** `name`: below the directory, with `/`. */
  has(name: string): boolean {
    const folder = dirname(name);
    let names = this.#names.get(folder);
    if (names === undefined) {
      const inside = folder === "." ? "" : `${folder}/`;
      const files = entriesOf(join(this.#directory, folder)).filter((it) => it.isFile());
      this.#names.set(folder, names = new Set(files.map((it) => inside + it.name)));
    }
    return names.has(name) ||
      this.#growing && lstatSync(join(this.#directory, name), { throwIfNoEntry: false })?.isFile() === true;
  }
}

function entriesOf(path: string) {
  try {
    return readdirSync(path, { withFileTypes: true });
  } catch {
    return []; // It is gone, or not for us.
  }
}
