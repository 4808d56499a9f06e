/** Where a function stands, as people read it. Pure. */

/** A place that code stands at; `line` is 1-based, 0 if it is not known. */
export interface Place {
  readonly file: string;
  readonly line: number;
}

const RUNTIME = /^(?:node|ext):/;
const LIBRARY = /^(?:.*\/)?(?:node_modules|registry\.npmjs\.org)\/((?:@[^/]+\/)?[^/]+)\/(?:.*\/)?([^/]+)$/;

/** As in `auth.ts:57`, `express/application.js:20` or `node:internal/timers:8`; empty if that is not known. */
export function placeText({ file, line }: Place): string {
  return file === "" ? "" : fileText(file.replaceAll("\\", "/")) + (line > 0 ? `:${line}` : "");
}

/** The name of a file; with that of its library, for many have an `index.js`, and all of what is the runtime's. */
function fileText(path: string): string {
  if (RUNTIME.test(path)) return path;
  const [, library, name] = LIBRARY.exec(path) ?? [];
  return library === undefined ? path.slice(path.lastIndexOf("/") + 1) : `${library}/${name}`;
}
