/** Runs commands at a terminal of their own, with util-linux script(1). */
import { spawn } from "node:child_process";
import process from "node:process";
import { Started } from "./profiled.ts";
import { until } from "./until.ts";

/** A command at a terminal. */
export interface AtTerminal {
  /** Types keys. */
  type(keys: string): void;
  /** The first match on the screen, now or later. */
  shows(pattern: RegExp): Promise<RegExpExecArray>;
  readonly ended: Promise<{ readonly code: number | null; readonly screen: string }>;
}

/** Runs a command at a terminal of its own. */
export function atTerminal(command: readonly string[]): AtTerminal {
  const line = command.map((it) => `'${it.replaceAll("'", `'\\''`)}'`).join(" ");
  const script = spawn("script", ["-qefc", `exec ${line}`, "/dev/null"], {
    stdio: ["pipe", "pipe", "ignore"],
    env: { ...process.env, SHELL: "/bin/sh" },
  });
  let screen = "";
  script.stdout.setEncoding("utf8").on("data", (text: string) => screen += text);
  return {
    type: (keys) => void script.stdin.write(keys),
    shows: (pattern) =>
      until(() => pattern.exec(screen), () => `the terminal does not show ${pattern}:\n${screen}`),
    ended: new Promise((resolve) => script.on("close", (code) => resolve({ code, screen }))),
  };
}

/** Whether there is a script(1) that can do it. */
export async function hasTerminals(): Promise<boolean> {
  if (process.platform === "win32") return false;
  const ended = new Started(["script", "-qefc", "true", "/dev/null"]).ended;
  return await ended.then(({ code }) => code === 0, () => false);
}
