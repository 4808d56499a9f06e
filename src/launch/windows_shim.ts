/** Windows' batch files, such as `npm.cmd`: only `cmd.exe` can run them, and it has two parsers to get past. */

const META = /([()\][%!^"`<>&|;, *?])/g;
const BATCH = /\.(cmd|bat)$/i;
/** npm's shims hand their arguments to a second `cmd` line. */
const NPM_SHIM = /node_modules[\\/]\.bin[\\/][^\\/]+\.cmd$/i;

/** Whether a file is a batch file by its name. */
export function isBatchFile(file: string): boolean {
  return BATCH.test(file);
}

/**
 * The arguments with which `cmd.exe` runs a batch file; to be passed on verbatim, without quoting by the runtime.
 *
 * Source of the escaping: https://github.com/moxystudio/node-cross-spawn/blob/master/lib/util/escape.js, after
 * https://qntm.org/cmd
 */
export function batchArguments(file: string, args: readonly string[]): string[] {
  const twice = NPM_SHIM.test(file);
  const line = [file.replace(META, "^$1"), ...args.map((it) => escapeArgument(it, twice))].join(" ");
  return ["/d", "/s", "/c", `"${line}"`];
}

function escapeArgument(argument: string, twice: boolean): string {
  const quoted = `"${argument.replace(/(\\*)"/g, '$1$1\\"').replace(/(\\*)$/, "$1$1")}"`;
  const once = quoted.replace(META, "^$1");
  return twice ? once.replace(META, "^$1") : once;
}
