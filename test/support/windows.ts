/** Servers under profsrv's executable for Windows, below wine. */
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ask } from "./profiled.ts";
import { type WindowsEnded, windowsPath, WindowsProgram } from "./wine.ts";

/** What Windows ends a process with that its console interrupts. */
export const INTERRUPTED = 0xc000013a;

const dist = join(import.meta.dirname!, "..", "..", "dist");

export const executable = join(dist, "profsrv-win32-x64.exe");
/** The npm package's script. */
export const script = join(dist, "profsrv.mjs");

/** What a run below wine left. */
export interface WindowsRun extends WindowsEnded {
  readonly paths: string[];
  readonly files: string[];
}

/** Runs a command under profsrv on Windows; `use` gets the program, and the port when one is printed. */
export async function profiledOnWindows(
  command: readonly string[],
  use: (program: WindowsProgram, port: number) => Promise<void>,
  { options = [], env = {}, cwd }: {
    readonly options?: readonly string[];
    readonly env?: Record<string, string>;
    readonly cwd?: string;
  } = {},
): Promise<WindowsRun> {
  const directory = await mkdtemp(join(tmpdir(), "windows-run-"));
  try {
    const own = ["--prof-path", await windowsPath(directory), ...options, "--", ...command];
    const program = await WindowsProgram.start([await windowsPath(executable), ...own], {
      env,
      ...(cwd === undefined ? {} : { cwd }),
    });
    const port = Number((await program.printed(/port (\d+)/))[1]);
    await use(program, port);
    const ended = await program.ended;
    const index = await readFile(join(directory, "index.ndjson"), "utf8").catch(() => "");
    const paths = index.trimEnd().split("\n").filter((it) => it !== "").map((it) => JSON.parse(it).path);
    const files = (await readdir(directory)).filter((it) =>
      !/^(index\.ndjson|run\.json|routes\.pb\.gz|\(unattributed\).*)$/.test(it)
    );
    return { ...ended, paths, files: files.sort() };
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

/** Asks for a path that is never answered. */
export function leaveOpen(port: number, path: string): void {
  void ask(port, path).catch(() => {});
}

export async function computeAndInterrupt(program: WindowsProgram, port: number): Promise<void> {
  // The agent must have told that nobody listens for Ctrl-C before it comes.
  await ask(port, "/");
  await program.printed(/GET \/ /, "stderr");
  leaveOpen(port, "/compute");
  await program.printed(/^computing/m);
  program.interrupt();
}
