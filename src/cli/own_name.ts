/** How a person starts profsrv, as it was started: printed commands are to work as they are. */
import process from "node:process";
import { quotedWord } from "./quoted_word.ts";

/** What stands before the words of a command that profsrv names: `npx profsrv`, `./profsrv`, or `profsrv`. */
export function ownName({ argv0, env, platform }: {
  readonly argv0: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly platform: string;
} = process): string {
  if (env["npm_command"] === "exec" && env["npm_lifecycle_event"] === "npx") return "npx profsrv";
  // An executable that was not found by the PATH. With the script it is the runtime's name.
  return /[\\/][^\\/]*profsrv[^\\/]*$/.test(argv0) ? quotedWord(argv0, platform) : "profsrv";
}
