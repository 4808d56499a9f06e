/** Environment variables. */

/** Environment variables as a process gets them. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** The name under which a variable stands: Windows does not tell case. */
export function variableName(env: Environment, name: string, platform: string): string {
  if (platform !== "win32") return name;
  return Object.keys(env).find((it) => it.toUpperCase() === name.toUpperCase()) ?? name;
}
