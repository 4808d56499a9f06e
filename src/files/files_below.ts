/** Which files a directory holds. */
import { readdirSync } from "node:fs";
import { join } from "node:path";

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

function entriesOf(path: string) {
  try {
    return readdirSync(path, { withFileTypes: true });
  } catch {
    return []; // It is gone, or not for us.
  }
}
