/** What a file is called as a program. */

/** A program's name without directory and Windows' extension. */
export function programName(file: string): string {
  return (/[^\\/]*$/.exec(file)?.[0] ?? "").toLowerCase().replace(/\.exe$/, "");
}
