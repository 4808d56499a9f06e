/** Starts servers under profsrv as a user does, talks to them, and reads what the run left behind. */
import { spawn } from "node:child_process";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import http from "node:http";
import https from "node:https";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import process from "node:process";
import type { IndexEntry } from "../../src/store/entry.ts";

const project = join(import.meta.dirname!, "..", "..");

const bundle = join(project, "dist", "profsrv.mjs");
const onNode = ["node", bundle] as const;

/** Whether the tests look at the .mjs on the `node` of the PATH, in place of the executable. */
const isOnNode = process.env["TESTED_FORM"] === "node";

/** The ways profsrv can be started; the executable is what users have. */
export const forms = {
  executable: isOnNode ? onNode : [join(project, "dist", "profsrv")],
  node: onNode,
  deno: [Deno.execPath(), "run", "-A", bundle],
} as const;

export type FormName = keyof typeof forms;

/** Those to be tested, each once. */
export const formNames: readonly FormName[] = isOnNode ? ["node"] : ["executable", "node", "deno"];

/** How a process ended and what it printed. */
export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Where `test/apps` is. */
export function appPath(name: string): string {
  return join(project, "test", "apps", name);
}

/** What a process printed has arrived so long after its end (milliseconds), where somebody else keeps its output open. */
const LAST_WORDS = 10_000;

/** What is waited for is printed so long after (milliseconds), on a machine that is busy, too. */
const LAST_CHANCE = 180_000;

/** A process whose output is kept, and that can be waited for. */
export class Started {
  stdout = "";
  stderr = "";
  readonly child: ReturnType<typeof spawn>;
  readonly ended: Promise<Ended>;
  readonly #waiting = new Set<() => void>();
  /** It has ended, and nothing that it printed is on its way. */
  #isOver = false;

  constructor(
    command: readonly string[],
    options: { env?: Record<string, string | undefined>; cwd?: string } = {},
  ) {
    const [file = "", ...args] = command;
    const env = { ...process.env, ...options.env };
    this.child = spawn(file, args, { env, cwd: options.cwd ?? project, stdio: ["ignore", "pipe", "pipe"] });
    this.child.stdout!.setEncoding("utf8").on("data", (text: string) => this.#add("stdout", text));
    this.child.stderr!.setEncoding("utf8").on("data", (text: string) => this.#add("stderr", text));
    this.ended = new Promise((resolve, reject) => {
      this.child.on("error", (error) => {
        reject(error);
        this.#end();
      });
      // What it has started may keep its output open: then it never closes.
      let timer: ReturnType<typeof setTimeout> | undefined;
      this.child.on("exit", () => {
        timer = setTimeout(() => this.#end(), LAST_WORDS);
      });
      this.child.on("close", (code, signal) => {
        clearTimeout(timer);
        resolve({ code, signal, stdout: this.stdout, stderr: this.stderr });
        this.#end();
      });
    });
  }

  /** Sends a signal. (Under Deno, `child.kill` would settle what is reported as its end.) */
  kill(signal: NodeJS.Signals): void {
    process.kill(this.child.pid!, signal);
  }

  /** The first match in what it has printed to stdout or will print; fails when it ends without, or after three minutes. */
  printed(pattern: RegExp, from: "stdout" | "stderr" = "stdout"): Promise<RegExpExecArray> {
    return new Promise((resolve, reject) => {
      let isLate = false;
      const check = (): void => {
        const match = pattern.exec(this[from]);
        if (match === null && !this.#isOver && !isLate) return;
        this.#waiting.delete(check);
        clearTimeout(timer);
        if (match !== null) return resolve(match);
        const how = this.#isOver
          ? "it ended without printing"
          : `after ${LAST_CHANCE / 1000} s it has not printed`;
        reject(new Error(`${how} ${pattern}:\n${this.stdout}${this.stderr}`));
      };
      const timer = setTimeout(() => {
        isLate = true;
        check();
      }, LAST_CHANCE);
      this.#waiting.add(check);
      check();
    });
  }

  #end(): void {
    this.#isOver = true;
    for (const check of this.#waiting) check();
  }

  #add(stream: "stdout" | "stderr", text: string): void {
    this[stream] += text;
    for (const check of this.#waiting) check();
  }
}

/** What a run left behind. */
export interface Run extends Ended {
  readonly directory: string;
  readonly index: readonly IndexEntry[];
  // deno-lint-ignore no-explicit-any
  readonly record: any;
  /** Profiles of work outside of requests, as `run.json` names them. */
  readonly outside: readonly string[];
  /** All other files but `index.ndjson`, `run.json` and `routes.pb.gz`, relative to the directory. */
  readonly files: readonly string[];
}

/** How to run profsrv. */
export interface ProfiledOptions {
  readonly form?: FormName;
  /** Options of profsrv before the command, without --prof-path. */
  readonly options?: readonly string[];
  readonly env?: Record<string, string | undefined>;
  readonly cwd?: string;
}

/**
 * Runs a command under profsrv, lets `use` work with it, and gives what the run left. The command must have ended
 * or been told to end when `use` returns.
 */
export async function profiled(
  command: readonly string[],
  use: (started: Started) => Promise<void>,
  options: ProfiledOptions = {},
): Promise<Run> {
  const directory = await mkdtemp(join(tmpdir(), "profsrv-test-"));
  const own = ["--prof-path", directory, ...(options.options ?? [])];
  const started = new Started([...forms[options.form ?? "executable"], ...own, "--", ...command], options);
  try {
    await use(started);
    const ended = await started.ended;
    return { ...ended, directory, ...await leftBehind(directory) };
  } catch (error) {
    started.child.kill("SIGKILL");
    throw new Error(`${(error as Error).message}\n--- stderr:\n${started.stderr}`, { cause: error });
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

async function leftBehind(directory: string): Promise<Pick<Run, "index" | "record" | "files" | "outside">> {
  const lines = await readFile(join(directory, "index.ndjson"), "utf8").catch(() => "");
  const index = lines.split("\n").filter((line) => line !== "").map((line) => JSON.parse(line) as IndexEntry);
  const record = JSON.parse(await readFile(join(directory, "run.json"), "utf8"));
  const entries = await readdir(directory, { withFileTypes: true, recursive: true });
  const files = entries.filter((entry) => entry.isFile())
    .map((entry) => relative(directory, join(entry.parentPath, entry.name)))
    .filter((name) => name !== "index.ndjson" && name !== "run.json" && name !== "routes.pb.gz");
  const contents = new Map<string, string>();
  for (const name of files) contents.set(name, await readFile(join(directory, name), "utf8"));
  profiles.set(directory, contents);
  const outside: readonly string[] = record.files ?? [];
  return { index, record, outside, files: files.filter((name) => !outside.includes(name)).sort() };
}

const profiles = new Map<string, Map<string, string>>();

/** The text of a profile file of a run. */
export function contentOf(run: Run, file: string): string {
  const text = profiles.get(run.directory)?.get(file);
  if (text === undefined) {
    throw new Error(`"${file}" is not among the files of the run: ${run.files.join(", ")}`);
  }
  return text;
}

/** An answer, as a client sees it. */
export interface Answer {
  readonly status: number;
  readonly body: string;
  readonly headers: http.IncomingHttpHeaders;
}

/** Sends one request to the port on this machine. */
export function ask(
  port: number,
  path: string,
  options: http.RequestOptions & { body?: string } = {},
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const { request: send } = options.protocol === "https:" ? https : http;
    const request = send({ host: "127.0.0.1", port, path, ...options }, (response) => {
      let body = "";
      response.setEncoding("utf8");
      response.on("data", (text) => body += text);
      response.on(
        "end",
        () => resolve({ status: response.statusCode ?? 0, body, headers: response.headers }),
      );
      response.on("error", reject);
    });
    request.on("error", reject);
    request.end(options.body);
  });
}

/** Sends requests, `concurrency` at a time, and gives all answers in the order of the paths. */
export async function askAll(
  port: number,
  paths: readonly string[],
  concurrency: number,
  options: http.RequestOptions = {},
): Promise<Answer[]> {
  const { Agent } = options.protocol === "https:" ? https : http;
  const agent = new Agent({ keepAlive: true, maxSockets: concurrency });
  try {
    return await Promise.all(paths.map((path) => ask(port, path, { ...options, agent })));
  } finally {
    agent.destroy();
  }
}
