/** What the agent needs of Deno's permissions, and how the command gets it. Pure. */
import process from "node:process";
import { AUTO_SERVE_VARIABLE, CONFIG_VARIABLE } from "../protocol/messages.ts";
import { type DenoCommand, type Granted, NEEDED, type Permission } from "./deno_flags.ts";
import { isSince, SINCE } from "./deno_versions.ts";
import { isWithin } from "./path_within.ts";

/** A command whose permissions are to be completed. */
export interface PermissionRequest {
  /** The words behind `deno`. */
  readonly args: readonly string[];
  /** Version of that Deno; undefined if it could not be found out. */
  readonly version?: string | undefined;
  /** As `process.platform` names it. */
  readonly platform: string;
  /** The private directory that the agent writes to. */
  readonly spool: string;
  /** Whether this is `deno serve` in truth. */
  readonly isServing?: boolean;
}

/** The command with what it lacked. */
export interface Changed {
  readonly args: readonly string[];
  readonly flagsAt: number;
  readonly notices: readonly string[];
}

/** The command with what the agent needs permitted, or why that cannot be. */
export function permit(
  command: DenoCommand,
  request: PermissionRequest,
): Changed | { readonly obstacle: string } {
  const { flagsAt } = command;
  const denied = NEEDED.find((it) => {
    const granted = command.permissions[it];
    return isDenied(granted, it, request) || (granted.ignored && (command.allowsAll || granted.all));
  });
  if (denied !== undefined) {
    const isObstacle = (flag: string) => new RegExp(`^--(deny|ignore)-${denied}(=|$)`).test(flag);
    const flag = command.flags.map((at) => request.args[at]!).find(isObstacle);
    const obstacle =
      `${flag} keeps the profiler out: the command runs as it is; without that flag it can be profiled.`;
    return { obstacle };
  }
  if (command.allowsAll) return { args: request.args, flagsAt, notices: [] };
  if (command.hasPermissionSet) {
    const notices = [
      "Profiling needs env, read, write and sys in the permission set that -P names, or -A instead.",
    ];
    return { args: request.args, flagsAt, notices };
  }
  const args = [...request.args];
  const added: string[] = [];
  const widened: string[] = [];
  for (const permission of NEEDED) {
    const { all, scoped } = command.permissions[permission];
    if (all) continue;
    const flag = flagFor(permission, request);
    if (permission === "sys" && scoped.length > 0) {
      widened.push(widenSys(args, scoped, flag));
    } else added.push(flag);
  }
  if (isSince(request.version ?? "2.9.6", SINCE.noComma) && added.some((it) => it.includes(escaped(",")))) {
    const obstacle =
      `Deno takes no comma in a list of paths, and "${request.spool}" has one: the command runs as it is; ` +
      `with -A, or with TMPDIR elsewhere, it can be profiled.`;
    return { obstacle };
  }
  args.splice(flagsAt, 0, ...added);
  const all = [...added, ...widened];
  const notices = all.length === 0 ? [] : [`For the profiler Deno also gets ${all.join(" ")}.`];
  return { args, flagsAt, notices };
}

function flagFor(permission: Permission, { version, spool, isServing }: PermissionRequest): string {
  if (permission === "env") {
    // The agent takes the second away again.
    return `--allow-env=${isServing ? `${CONFIG_VARIABLE},${AUTO_SERVE_VARIABLE}` : CONFIG_VARIABLE}`;
  }
  if (permission !== "sys") return `--allow-${permission}=${escaped(spool)}`;
  return version !== undefined && !isSince(version, SINCE.noSysInspector)
    ? "--allow-sys=inspector"
    : "--allow-sys";
}

/** A scoped flag beside a bare one counts, the bare one does not: where only all of it will do, it has to stand alone. */
function widenSys(args: string[], scoped: readonly number[], flag: string): string {
  if (flag.includes("=")) {
    // This flag may stand only once.
    args[scoped[0]!] += ",inspector";
    return flag;
  }
  for (const at of scoped) args[at] = flag;
  return `${flag} (all of it)`;
}

function isDenied(
  { denied, deniedParts }: Granted,
  permission: Permission,
  { spool, platform }: PermissionRequest,
): boolean {
  if (denied) return true;
  if (permission === "env") return deniedParts.includes(CONFIG_VARIABLE);
  if (permission === "sys") return deniedParts.includes("inspector");
  return deniedParts.some((it) => isWithin(spool, it, { platform, cwd: process.cwd() }));
}

/** In a list of paths a comma is written twice. */
function escaped(path: string): string {
  return path.replaceAll(",", ",,");
}
