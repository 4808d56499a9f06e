/** What a file is called as a program. */

/** A program's name without directory and Windows' extension; npm's `deno.cmd` and `deno.ps1` are Deno as well. */
export function programName(file: string): string {
  return (/[^\\/]*$/.exec(file)?.[0] ?? "").toLowerCase().replace(/\.(exe|com|cmd|bat|ps1)$/, "");
}
