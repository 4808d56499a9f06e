/** Environment variables that Node itself reads. */
import process from "node:process";
import { isDeno } from "./capabilities.ts";

/** Its value; undefined under Deno, which reads none of them, and may ask the user whether the agent may. */
export function nodeVariable(name: string): string | undefined {
  return isDeno ? undefined : process.env[name];
}
