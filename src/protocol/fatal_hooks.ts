/** CVE-2025-59466: versions of Node that end, with code 7, when a hook finds no room on the stack. */

/** The first release of each line that survives it; lines before 24 that are not here never got it. */
const MENDED: Readonly<Record<number, number>> = { 20: 20, 22: 22 };

/** Whether hooks can end a process on this version of Node. https://nodejs.org/en/blog/vulnerability/january-2026-dos-mitigation-async-hooks */
export function areHooksFatal(version: string): boolean {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  return major < 24 && minor < (MENDED[major] ?? Infinity);
}
