/** Which file a bundler means by a source of a scheme of its own: `webpack://app/./src/a.ts`, `turbopack:///[project]/src/a.ts`. Pure. */
import { dirname, join } from "node:path";

/** A map lies so many directories below the project at most, */
const MAX_UP = 8;
/** and a source's path begins with so many words that are no directory: the name of the project, with a scope. */
const MAX_WORDS = 3;

const SCHEME = /^(?!file:|https?:|data:|node:)[a-z][a-z0-9+.-]*:\/*/i;

/** The files that a source may be, the likeliest first; none if it is a url like any other. `map`: the path of the map. */
export function* bundledFiles(source: string, map: string): Generator<string> {
  if (!SCHEME.test(source)) return;
  const words = source.replace(SCHEME, "").replace(/\?.*$/, "").split("/").filter((it) =>
    it !== "" && it !== "."
  );
  for (let dropped = 0; dropped <= MAX_WORDS && dropped < words.length; dropped++) {
    const path = words.slice(dropped);
    if (path.includes("..")) return;
    let directory = dirname(map);
    for (let up = 0; up <= MAX_UP; up++) {
      yield join(directory, ...path);
      if (directory === dirname(directory)) break;
      directory = dirname(directory);
    }
  }
}
