/** A word as a shell reads it: quoted where it must be. Pure. */
export function quotedWord(word: string, platform: string): string {
  if (/^[\w@%+=:,./\\-]+$/.test(word)) return word;
  return platform === "win32" ? `"${word.replaceAll('"', '\\"')}"` : `'${word.replaceAll("'", `'\\''`)}'`;
}
