/** Node keeps what it compiled of each module, where it is told to: there must be nothing of ours in it. */
import * as modules from "node:module";
import process from "node:process";

/**
 * Makes Node forget that it compiled the agent. Node has one entry for each path: it begins anew when another text of this path is
 * compiled, and one that cannot be compiled leaves it empty (src/compile_cache.cc, 22 to 26). Only then is it not written.
 */
export function leaveNoCompiled(module: object, path: string): void {
  const { getCompileCacheDir } = modules as { getCompileCacheDir?(): string | undefined };
  if (process.env["NODE_COMPILE_CACHE"] === undefined && getCompileCacheDir?.() === undefined) return;
  try {
    (module as { _compile(text: string, path: string): void })._compile("(", path);
  } catch {
    // It is no program.
  }
}
