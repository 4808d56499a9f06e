/** Whether the other end of a connection on this machine is a process of our own user. */
import { readFileSync } from "node:fs";
import type { Socket } from "node:net";
import process from "node:process";

/** One line for each connection: local and remote address in hexadecimal, and the user. https://docs.kernel.org/networking/proc_net_tcp.html */
const TABLE = "/proc/net/tcp";

/** True also where the system cannot tell: only Linux can. */
export function isOurUser({ remotePort, localPort }: Socket): boolean {
  if (process.platform !== "linux") return true;
  return userOf(readFileSync(TABLE, "utf8"), remotePort ?? 0, localPort ?? 0) === process.geteuid?.();
}

/** The user of the end of a connection that has the port `from`; undefined if there is no such connection. Pure. */
export function userOf(table: string, from: number, to: number): number | undefined {
  const hex = (port: number) => port.toString(16).toUpperCase().padStart(4, "0");
  const line = table.split("\n").find((it) => {
    const [, local = "", remote = ""] = it.trim().split(/\s+/);
    return local.endsWith(`:${hex(from)}`) && remote.endsWith(`:${hex(to)}`);
  });
  const user = line?.trim().split(/\s+/)[7];
  return user === undefined ? undefined : Number(user);
}
