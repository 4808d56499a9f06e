/** Windows programs, run by wine in a root of its own: `test/windows`. */
import { execFile, spawn } from "node:child_process";
import { access, mkdtemp, readFile, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { promisify } from "node:util";
import { runtime, type RuntimeVersion, toolsDirectory } from "../../build/runtimes.ts";
import { until } from "./until.ts";

const project = join(import.meta.dirname!, "..", "..");
const scripts = join(project, "test", "windows");
const platform = "win32-x64";

/** Why Windows programs are not tested; undefined if they are: with MATRIX=all, which makes the root with wine, if need be. */
export async function whyNoWine(): Promise<string | undefined> {
  if (process.env["MATRIX"] !== "all") return "it takes minutes; MATRIX=all does it";
  if (process.platform !== "linux" || process.arch !== "x64") return "its wine is one for Linux on x64";
  if (process.getuid?.() !== 0) return "only root can make and enter the root directory that wine runs in";
  const directory = join(toolsDirectory, "wine");
  if (await exists(join(directory, "made"))) return undefined;
  console.error("making a root with wine in .tools, of Debian's packages (once)");
  await promisify(execFile)(join(scripts, "make-root.sh"), [directory], { timeout: 300_000 });
  return undefined;
}

/** A path of this machine as a Windows program sees it. */
export async function windowsPath(path: string): Promise<string> {
  return `Z:\\host${(await realpath(path)).replaceAll("/", "\\")}`;
}

/** Node or Deno for Windows, as a path of Windows. */
export async function windowsRuntime(wanted: RuntimeVersion): Promise<string> {
  const path = await runtime(wanted, platform);
  if (path === undefined) throw new Error(`no ${wanted.kind} ${wanted.version} is known for ${platform}`);
  return await windowsPath(path);
}

/** How a Windows program ended and what it printed. */
export interface WindowsEnded {
  readonly code?: number | null;
  readonly signal?: string | null;
  readonly error?: string;
  readonly stdout: string;
  readonly stderr: string;
}

/** A Windows program at a console of its own; its output goes to files. */
export class WindowsProgram {
  readonly ended: Promise<WindowsEnded>;
  readonly #directory: string;
  readonly #script: ReturnType<typeof spawn>;

  private constructor(directory: string, command: string) {
    this.#directory = directory;
    // A terminal of its own: wine makes a console of it.
    this.#script = spawn("script", ["-qefc", `exec ${command}`, "/dev/null"], {
      stdio: ["pipe", "ignore", "ignore"],
      env: { ...process.env, SHELL: "/bin/sh" },
    });
    // Who presses Ctrl-C at the last moment writes to a terminal that is gone.
    this.#script.stdin!.on("error", () => {});
    this.ended = new Promise((resolve, reject) => {
      this.#script.on("error", reject);
      this.#script.on("close", () => this.#read().then(resolve, reject));
    });
    // It is for those who wait for it; nobody may do so yet.
    this.ended.catch(() => {});
  }

  /** Starts it; `env` is put on top of what wine gives. */
  static async start(
    command: readonly string[],
    { env = {}, cwd = project }: { readonly env?: Record<string, string>; readonly cwd?: string } = {},
  ): Promise<WindowsProgram> {
    const directory = await mkdtemp(join(tmpdir(), "windows-test-"));
    await writeFile(join(directory, "environment"), JSON.stringify(env));
    const reporter = [
      await windowsRuntime({ kind: "node", version: "26.10.0" }),
      await windowsPath(join(scripts, "reporter.cjs")),
      await windowsPath(directory),
    ];
    const variables = Object.entries(env).map(([name, value]) => `${name}=${value}`);
    const words = [
      join(scripts, "wine.sh"),
      join(toolsDirectory, "wine"),
      ...variables,
      ...reporter,
      ...command,
    ];
    const line = words.map((it) => `'${it.replaceAll("'", `'\\''`)}'`).join(" ");
    return new WindowsProgram(directory, `env --chdir='${cwd}' ${line}`);
  }

  /** Presses Ctrl-C at its console. */
  interrupt(): void {
    this.#script.stdin!.write("\x03");
  }

  /** The process's id on Windows. To be asked for when it has printed something. */
  pid(): Promise<string> {
    return this.#text("pid");
  }

  /** Waits until the process has ended; what it has started may still hold the console. */
  async killed(): Promise<void> {
    const ended = new AbortController();
    const abort = () => ended.abort();
    this.ended.then(abort, abort);
    await until(
      async () => ended.signal.aborted || await this.#text("ended") !== "",
      () => "the program is still there, though it was killed",
    );
  }

  /** The first match in what it has printed or will print; fails when it ends without. */
  async printed(pattern: RegExp, from: "stdout" | "stderr" = "stdout"): Promise<RegExpExecArray> {
    const watcher = Deno.watchFs(this.#directory);
    const stopWatching = () => {
      try {
        watcher.close();
      } catch {
        // It is closed already.
      }
    };
    this.ended.then(stopWatching, stopWatching);
    const look = async () => pattern.exec(await this.#text(from));
    let match = await look();
    if (match === null) {
      for await (const _ of watcher) {
        match = await look();
        if (match !== null) break;
      }
    }
    match ??= await look();
    if (match !== null) return match;
    throw new Error(`it ended without printing ${pattern}: ${JSON.stringify(await this.ended)}`);
  }

  async #read(): Promise<WindowsEnded> {
    try {
      const ended = JSON.parse(await readFile(join(this.#directory, "ended"), "utf8"));
      return { ...ended, stdout: await this.#text("stdout"), stderr: await this.#text("stderr") };
    } finally {
      await rm(this.#directory, { recursive: true, force: true });
    }
  }

  #text(name: string): Promise<string> {
    return readFile(join(this.#directory, name), "utf8").catch(() => "");
  }
}

function exists(path: string): Promise<boolean> {
  return access(path).then(() => true, () => false);
}
