/** Windows' batch files, such as `npm.cmd`: only `cmd.exe` can run them, and what it reads it may read twice. */

const BATCH = /\.(cmd|bat)$/i;

/** Whether a file is a batch file by its name. */
export function isBatchFile(file: string): boolean {
  return BATCH.test(file);
}

/**
 * The arguments with which `cmd.exe` runs a batch file; to be passed on verbatim, without quoting by the runtime.
 *
 * All stands in quotes, in which nothing but `%` and quotes means something to `cmd.exe`, also where a batch file puts its
 * arguments (`%*`) into a line of its own. Two quotes are one for the program, and stay within for `cmd.exe`. Behind a `%`
 * stands a variable's part of no length: so no name ends there.
 *
 * Source: `make_bat_command_line` in https://github.com/rust-lang/rust/blob/master/library/std/src/sys/args/windows.rs
 */
export function batchArguments(file: string, args: readonly string[]): string[] {
  const line = [file, ...args].map(quoted).join(" ");
  return ["/d", "/e:on", "/v:off", "/s", "/c", `"${line}"`];
}

function quoted(word: string): string {
  const doubled = word.replace(/(\\*)"/g, '$1$1""').replace(/\\*$/, "$&$&");
  return `"${doubled.replaceAll("%", "%%cd:~,%")}"`;
}
