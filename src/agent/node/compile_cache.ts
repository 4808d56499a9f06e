/** With NODE_COMPILE_CACHE Node keeps the compiled code of each module: the agent's must not be in it. */
import process from "node:process";
import { AGENT_SCRIPT } from "../../protocol/messages.ts";
import { can } from "../capabilities.ts";

/**
 * Makes Node forget that it compiled the agent's file and the text in it. Node has one entry for each path: it begins anew when another text of this path is
 * compiled, and one that cannot be compiled leaves it empty (src/compile_cache.cc, 22 to 26). Only then is it not written.
 */
export function leaveNoCompiled(module: NodeJS.Module): void {
  if (process.env["NODE_COMPILE_CACHE"] === undefined && can.keepCompiled.probe()?.() === undefined) return;
  for (const path of [module.filename, AGENT_SCRIPT]) {
    try {
      (module as NodeJS.Module & { _compile(text: string, path: string): void })._compile("(", path);
    } catch {
      // It is no program.
    }
  }
}
