/** Which file a command's first word means, found as a shell finds it, before anything is made or started. */
import { accessSync, constants, statSync } from "node:fs";
import { posix, win32 } from "node:path";
import type { ChildFailure } from "./child_exit.ts";
import { type Environment, variableName } from "./environment.ts";

/** What stands at a path; `hidden`: we may not look. */
export type FileKind = "executable" | "file" | "directory" | "hidden" | "missing";

/** Where to look. */
export interface LookupOptions {
  readonly env: Environment;
  readonly platform: string;
  kindOf(path: string): FileKind;
}

/** The file a word means, or why there is none. */
export function findCommand(word: string, options: LookupOptions): { readonly file: string } | ChildFailure {
  const paths = candidates(word, options);
  const kinds = paths.map((it) => options.kindOf(it));
  const file = paths[kinds.indexOf("executable")];
  if (file !== undefined) return { file };
  const named = hasDirectory(word, options.platform);
  // What Windows cannot start by its name may stand there all the same.
  if (named && options.platform === "win32") kinds.push(asFile(options.kindOf(word)));
  const unfit = kinds.includes("file")
    ? "it is not executable"
    : named && kinds.includes("directory")
    ? "it is a directory"
    : named && kinds.includes("hidden")
    ? "permission denied"
    : undefined;
  if (unfit !== undefined) return { failed: "not executable", text: `Cannot run "${word}": ${unfit}` };
  return { failed: "not found", text: `Cannot run "${word}": ${named ? "no such file" : "no such command"}` };
}

/** The paths a word may mean, in the order in which a shell tries them. Pure. */
export function candidates(word: string, { env, platform }: Omit<LookupOptions, "kindOf">): string[] {
  if (word === "") return [];
  if (platform === "win32") return windowsCandidates(word, env);
  if (hasDirectory(word, platform)) return [word];
  // An empty part of PATH is the current directory, as POSIX has it.
  return (env["PATH"] ?? "/bin:/usr/bin").split(":").map((it) => posix.join(it === "" ? "." : it, word));
}

/** What Windows itself can start; whatever else PATHEXT names, such as `.JS`, needs a program that is registered for it. */
const PROGRAMS = [".com", ".exe", ".bat", ".cmd"];

function windowsCandidates(word: string, env: Environment): string[] {
  const value = (name: string) => env[variableName(env, name, "win32")];
  const listed = (value("PATHEXT") ?? "").toLowerCase().split(";").filter((it) => PROGRAMS.includes(it));
  const extensions = listed.length > 0 ? listed : PROGRAMS;
  const known = PROGRAMS.some((it) => word.toLowerCase().endsWith(it));
  const names = [...(known ? [word] : []), ...extensions.map((it) => word + it)];
  if (hasDirectory(word, "win32")) return names.map((it) => win32.normalize(it));
  // https://learn.microsoft.com/windows/win32/api/processenv/nf-processenv-needcurrentdirectoryforexepathw
  const here = value("NoDefaultCurrentDirectoryInExePath") === undefined ? ["."] : [];
  const folders = [...here, ...windowsFolders(value("PATH") ?? "")];
  return folders.flatMap((folder) => names.map((name) => win32.join(folder, name)));
}

/** The parts of a PATH: what stands in quotes may hold a semicolon, and the quotes belong to no folder's name. */
function windowsFolders(path: string): string[] {
  const parts = path.match(/(?:"[^"]*"?|[^;"])+/g) ?? [];
  return parts.map((it) => it.replaceAll('"', "")).filter((it) => it !== "");
}

function asFile(kind: FileKind): FileKind {
  return kind === "executable" ? "file" : kind;
}

function hasDirectory(word: string, platform: string): boolean {
  return platform === "win32" ? /[\\/:]/.test(word) : word.includes("/");
}

/** What stands at a path of this system. */
export function kindOfFile(path: string): FileKind {
  try {
    const stat = statSync(path);
    if (stat.isDirectory()) return "directory";
    return stat.isFile() && mayRun(path) ? "executable" : "file";
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EACCES" ? "hidden" : "missing";
  }
}

function mayRun(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
