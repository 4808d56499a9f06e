/** Opens an address in the person's browser, if there is one to open. */
import { spawn } from "node:child_process";
import process from "node:process";

/** Where a browser could be opened. */
export interface Desk {
  readonly platform: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** The command that opens an address; undefined over ssh, in CI, and where there is no display. Pure. */
export function browserCommand(address: string, { platform, env }: Desk): readonly string[] | undefined {
  const isElsewhere = ["SSH_CONNECTION", "SSH_CLIENT", "SSH_TTY", "CI"].some((it) => env[it]);
  if (isElsewhere) return undefined;
  if (platform === "darwin") return ["open", address];
  if (platform === "win32") return ["rundll32", "url.dll,FileProtocolHandler", address];
  return env["DISPLAY"] || env["WAYLAND_DISPLAY"] ? ["xdg-open", address] : undefined;
}

/** Tries to open it; says nothing if that fails, for the address is printed as well. */
export function openBrowser(address: string): void {
  const [file, ...args] = browserCommand(address, process) ?? [];
  if (file === undefined) return;
  const child = spawn(file, args, { stdio: "ignore", detached: true });
  child.on("error", () => {});
  child.unref();
}
