/** Coverage that Deno takes of the command: V8 has one count for it and `--calls`. Pure. */
import { programName } from "../launch/program_name.ts";
import { readDenoCommand } from "../launch/deno_flags.ts";
import { UsageError } from "./split.ts";

/** Throws `UsageError` if Deno is to take coverage of this command. Of Node's the agent says in each process that calls are not counted. */
export function refuseCoverage([program = "", ...args]: readonly string[]): void {
  if (programName(program) !== "deno") return;
  const flag = readDenoCommand(args).flags.map((at) => args[at]!).find((it) => /^--coverage(=|$)/.test(it));
  if (flag === undefined) return;
  throw new UsageError(`--calls does not go with Deno's "${flag}": counting calls would change its coverage`);
}
