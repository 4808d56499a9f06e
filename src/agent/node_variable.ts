/** Environment variables that Node itself reads. */
import process from "node:process";

/** Its value; undefined under Deno, which reads none of them, and may ask the user whether the agent may. */
export function nodeVariable(name: string): string | undefined {
  return "deno" in process.versions ? undefined : process.env[name];
}
