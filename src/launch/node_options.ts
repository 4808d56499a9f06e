/** NODE_OPTIONS: how node splits it, and how a path gets in. */

/**
 * A value quoted so that node reads it back unchanged. Node splits NODE_OPTIONS at spaces; inside double quotes a
 * backslash makes the next character plain, outside it is an ordinary character.
 *
 * Source: `ParseNodeOptionsEnvVar` in https://github.com/nodejs/node/blob/main/src/node_options.cc
 */
export function quoteNodeOption(value: string): string {
  return `"${value.replace(/[\\"]/g, "\\$&")}"`;
}

/**
 * NODE_OPTIONS that load one CommonJS file before everything else. What was there stays behind it, untouched: even a
 * mistake in it then ends as it would without us.
 */
export function requireFirst(path: string, options: string | undefined): string {
  const ours = `--require ${quoteNodeOption(path)}`;
  return options === undefined || options === "" ? ours : `${ours} ${options}`;
}
