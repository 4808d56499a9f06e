/** Node's own words on its command line. Pure. https://nodejs.org/api/cli.html */
import { programName } from "./program_name.ts";

/** Options whose value may be the next word. */
const WITH_VALUE = new RegExp(
  `^(?:-r|-C|--(?:${
    [
      "require|import|conditions|loader|experimental-loader|env-file(?:-if-exists)?|experimental-config-file",
      "title|watch-path|input-type|experimental-default-type|icu-data-dir|openssl-config|localstorage-file",
      "disable-warning|redirect-warnings|diagnostic-dir|unhandled-rejections|dns-result-order",
      "(?:cpu|heap)-prof-(?:dir|name|interval)|inspect-port|inspect-publish-uid|max-http-header-size",
      "trace-event-categories|trace-event-file-pattern|trace-require-module|secure-heap(?:-min)?",
      "tls-(?:cipher-list|keylog|max-v1\\.[23]|min-v1\\.[0-3])|test-[a-z-]+|report-[a-z-]+|allow-fs-(?:read|write)",
    ].join("|")
  }))$`,
);

/** What stands between `node` and the script; nothing where the program is another one. */
export function nodeWords(file: string, [, ...args]: readonly string[]): string[] {
  if (programName(file) !== "node") return [];
  const end = args.findIndex((it, at) => !it.startsWith("-") && !WITH_VALUE.test(args[at - 1] ?? ""));
  return end === -1 ? args : args.slice(0, end);
}
