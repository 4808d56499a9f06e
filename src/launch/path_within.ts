/** Where a path lies. */
import { posix, win32 } from "node:path";

/**
 * Whether a path is a folder or lies below it, by their names. Relative paths count from `cwd`; Windows tells no case and has two
 * separators. Pure if `cwd` is absolute.
 */
export function isWithin(
  path: string,
  folder: string,
  { platform, cwd }: { readonly platform: string; readonly cwd: string },
): boolean {
  const { isAbsolute, relative, resolve } = platform === "win32" ? win32 : posix;
  const way = relative(resolve(cwd, folder), resolve(cwd, path));
  return !isAbsolute(way) && !/^\.\.([\\/]|$)/.test(way);
}
