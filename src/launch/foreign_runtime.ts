/** Runtimes that are neither Node nor Deno, as far as a command line shows them. Pure. */
import { programName } from "./program_name.ts";

const BUN =
  "bun runs programs on an engine that cannot be profiled: only servers of node and deno that it starts are.";
const WORKERD =
  "workerd, in which wrangler runs the code of a Worker, cannot be profiled: only servers of node and deno are.";

const NOTICES: Readonly<Record<string, string>> = {
  bun: BUN,
  bunx: BUN,
  wrangler: WORKERD,
  workerd: WORKERD,
};

/** Words before the name of a program that they run. */
const RUNNERS = new Set("npx npm pnpm pnpx yarn exec dlx x run bun bunx".split(" "));

/** One sentence for the user on what cannot be profiled of a command; undefined if nothing is known. */
export function foreignNotice(command: readonly string[]): string | undefined {
  let notice: string | undefined;
  for (const word of command) {
    if (word.startsWith("-")) continue;
    const name = programName(word).replace(/\.(cmd|ps1)$/, "").replace(/(?<=.)@.*$/, "");
    if (Object.hasOwn(NOTICES, name)) notice = NOTICES[name];
    if (!RUNNERS.has(name)) break;
  }
  return notice;
}
