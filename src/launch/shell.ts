/** A command line for the system's shell. */
import { type Environment, variableName } from "./environment.ts";

/** How the shell is started with a command line. Pure. */
export function planShell(
  command: string,
  { env, platform }: { readonly env: Environment; readonly platform: string },
): { readonly file: string; readonly args: readonly string[]; readonly verbatim: boolean } {
  if (platform !== "win32") return { file: "/bin/sh", args: ["-c", command], verbatim: false };
  const file = env[variableName(env, "ComSpec", platform)] || "cmd.exe";
  // With /s cmd.exe takes off the outer quotes, and only those.
  return { file, args: ["/d", "/s", "/c", `"${command}"`], verbatim: true };
}
