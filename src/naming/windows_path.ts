/** Paths of Windows that some of its programs could not open. */
import { RESERVED } from "./safe_name.ts";

const ROOT = /^(?:[\\/]{2}[?.][\\/])?(?:[a-z]:)?/i;
/** Slashes are separators; what is not printed but controls is taken. */
// deno-lint-ignore no-control-regex
const REFUSED = /[<>:"|?*\x00-\x1f]/;

/**
 * Why a file or directory could not be opened everywhere, as half a sentence; undefined if it could. Node itself makes nearly all,
 * for it asks Windows by a form of path in which no name is special. Pure.
 *
 * Source: https://learn.microsoft.com/windows/win32/fileio/naming-a-file
 */
export function whyUnfitOnWindows(path: string): string | undefined {
  for (const name of path.replace(ROOT, "").split(/[\\/]/)) {
    const [character] = REFUSED.exec(name) ?? [];
    if (character !== undefined) return `Windows takes no ${JSON.stringify(character)} in a name`;
    if (RESERVED.test(name)) return `Windows keeps the name "${name}" for a device`;
    if (/[. ]$/.test(name) && !/^\.{1,2}$/.test(name)) {
      return `Windows takes no name that ends with "${name.at(-1)}"`;
    }
  }
  return undefined;
}
