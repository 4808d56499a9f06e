/** Variables that name the process they are for: set for us, meant for the command. */
import type { Environment } from "./environment.ts";

/** https://www.freedesktop.org/software/systemd/man/latest/sd_listen_fds.html, and the same of sd_watchdog_enabled */
const NAMES = ["LISTEN_PID", "WATCHDOG_PID"];

interface Program {
  readonly file: string;
  readonly args: readonly string[];
}

/**
 * A program that is started with its own pid in the variables that hold ours; it is known only once the process is there,
 * so a shell sets them and becomes the program. What is for another process stays as it is. Pure.
 */
export function withOwnPid<P extends Program>(program: P, env: Environment, pid: number): P {
  const ours = NAMES.filter((name) => env[name] === String(pid));
  if (ours.length === 0) return program;
  // Of newer systemd: names the process in a way that no shell can.
  const script = `unset LISTEN_PIDFDID; ${ours.map((name) => `${name}=$$`).join("; ")}; export ${
    ours.join(" ")
  }; exec "$0" "$@"`;
  return { ...program, file: "/bin/sh", args: ["-c", script, program.file, ...program.args] };
}
