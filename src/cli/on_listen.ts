/** `--on-listen`: a command that runs when the server listens, and after which the server is stopped. */
import process from "node:process";
import { type ChildExit, exitCodeOf, type Shell, startShell } from "../launch/mod.ts";
import type { Address } from "../protocol/messages.ts";
import type { Milliseconds } from "../units.ts";
import type { Servers } from "./kill_stuck.ts";

/** A development server may have workers on sockets before it opens its port: so long is one waited for. */
const PORT_MAY_FOLLOW: Milliseconds = 1000;
/** A person wants to know when nothing happens for this long. */
const SILENCE: Milliseconds = 10_000;
/** A server that is told to stop may take this long, */
const STOP_TIME: Milliseconds = 10_000;
/** and a command whose server has ended this long. */
const AFTERMATH: Milliseconds = 5000;
/** The server ended well before anything was run: that is no success. */
const NOT_RUN = 1;

/** A command that waits for a server, runs, or has run. */
export class OnListen {
  readonly #command: string;
  readonly #servers: Servers;
  readonly #silence: ReturnType<typeof setTimeout>;
  #shell: Shell | undefined;
  /** How it ended; it does so only once. */
  #exit: ChildExit | undefined;
  /** Whether the server was told to stop by us, */
  #isStopped = false;
  /** or by somebody else. */
  #isInterrupted = false;
  /** Whether the server has ended. */
  #isOver = false;

  constructor(command: string, servers: Servers) {
    this.#command = command;
    this.#servers = servers;
    const text = "no server listens yet; --on-listen waits for one";
    this.#silence = setTimeout(() => servers.reporter.notice(text), SILENCE);
  }

  /** A server listens: at the first the command is run, and the server is stopped after it. */
  async listening(address: Address): Promise<void> {
    clearTimeout(this.#silence);
    if (typeof address === "string") {
      const { ended } = this.#servers.child;
      await Promise.race([ended, new Promise((resolve) => setTimeout(resolve, PORT_MAY_FOLLOW))]);
    }
    if (this.#shell !== undefined || this.#isOver) return;
    const { where, env } = addressFor(address);
    this.#servers.reporter.notice(`${where} is open, running ${this.#command}`);
    this.#shell = startShell(this.#command, { ...process.env, ...env });
    this.#exit = await this.#shell.ended;
    if ("failed" in this.#exit) this.#servers.reporter.error(this.#exit.text);
    await new Promise((resolve) => setTimeout(resolve, settlingTime(process.platform)));
    // Who was told to stop is not told again at once: that would cut an orderly end short.
    if (this.#isInterrupted) {
      const timer = setTimeout(() => this.#stop(), STOP_TIME);
      void this.#servers.child.ended.then(() => clearTimeout(timer));
    } else this.#stop();
  }

  /** A signal reached us; `isGroup`: and the command with us. */
  pass(signal: NodeJS.Signals, isGroup: boolean): void {
    if (!signal.startsWith("SIGUSR")) this.#isInterrupted = true;
    if (!isGroup) this.#shell?.send(signal);
  }

  /** The server has ended. Waits for the command; gives the exit of what failed first. */
  async conclude(server: ChildExit): Promise<ChildExit> {
    clearTimeout(this.#silence);
    this.#isOver = true;
    const shell = this.#shell;
    if (shell === undefined) {
      this.#servers.reporter.error(`No server listened, so --on-listen "${this.#command}" was not run`);
      return isSuccess(server) ? { code: NOT_RUN } : server;
    }
    if (this.#exit === undefined) {
      const timer = setTimeout(() => shell.send("SIGTERM"), AFTERMATH);
      const exit = await shell.ended;
      clearTimeout(timer);
      return isSuccess(server) ? exit : server;
    }
    if (!isSuccess(this.#exit)) return this.#exit;
    return this.#isStopped && isTerminated(server) ? { code: 0 } : server;
  }

  /** The one that was started, and those that serve: not each passes the signal on. */
  #stop(): void {
    const { child, reporter, serving } = this.#servers;
    this.#isStopped = true;
    const own = child.pid === undefined ? [] : [{ pid: child.pid, born: null }];
    const all = new Map([...serving(), ...own].map((it) => [it.pid, it]));
    for (const it of all.values()) child.send(it, "SIGTERM");
    const timer = setTimeout(() => {
      reporter.error("The server does not end on SIGTERM; it is killed");
      for (const it of all.values()) child.send(it, "SIGKILL");
    }, STOP_TIME);
    void child.ended.then(() => clearTimeout(timer));
  }
}

/** What a command is told of an address, and a person. An abstract socket's NUL stands as `@`, as curl and ss write it. Pure. */
export function addressFor(address: Address): { where: string; env: Record<string, string> } {
  if (typeof address === "number") return { where: `port ${address}`, env: { PORT: String(address) } };
  const path = address.replace(/^\0/, "@");
  return { where: `socket ${path}`, env: { SOCKET: path } };
}

/** On Windows nobody can be asked to end, only be ended: until then the last requests must have been told. Pure. */
export function settlingTime(platform: string): Milliseconds {
  return platform === "win32" ? 1500 : 0;
}

function isSuccess(exit: ChildExit): boolean {
  return "code" in exit && exit.code === 0;
}

/** Ended by SIGTERM, or as a shell or npm says that of what it ran. */
function isTerminated(exit: ChildExit): boolean {
  return exitCodeOf(exit, process.platform) === exitCodeOf({ signal: "SIGTERM" }, process.platform);
}
