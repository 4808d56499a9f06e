/** The command as a running process: our streams are its own, our signals and whatever else our parent handed us, too. */
import { type ChildProcess, spawn, type StdioOptions } from "node:child_process";
import process from "node:process";
import { isSame, type ProcessIdentity } from "../process_alive.ts";
import { type Channel, takeChannel } from "./channel.ts";
import { type ChildExit, exitAfterKill, exitOf, failureOf } from "./child_exit.ts";
import { type Handed, handedToUs } from "./descriptors.ts";
import type { Environment } from "./environment.ts";
import { withOwnPid } from "./pid_variables.ts";
import type { SpawnPlan } from "./plan.ts";
import { planShell } from "./shell.ts";
import { mustForward } from "./signals.ts";
import { type GroupSignalProbe, startProbe } from "./group_signal_probe.ts";

/** What is to be spawned. */
type Program = Pick<SpawnPlan, "file" | "args" | "verbatim"> & { readonly env: Environment };

/** A started command. */
export interface RunningChild {
  /** Whether the system has started it; if not, `ended` says why. */
  readonly started: boolean;
  /** How it ended; never rejects. */
  readonly ended: Promise<ChildExit>;
  /** One sentence each, for the user: what could not be handed on. */
  readonly notices: readonly string[];
  /** Of the command itself; undefined if it was not started. */
  readonly pid: number | undefined;
  /** Passes on a signal that reached us, unless the command has got it already; gives whether our whole group got it. */
  pass(signal: NodeJS.Signals): Promise<boolean>;
  /** Sends a signal to a process of the command, if it still runs and is no other by now. */
  send(to: ProcessIdentity, signal: NodeJS.Signals): void;
  /** Kills a process of the command, which a signal could not end, in the name of that signal. */
  end(what: ProcessIdentity, signal: NodeJS.Signals): void;
}

/** Starts a command. `word` is its first word as the user gave it, for the sentence that says it cannot be run. */
export function startChild(plan: SpawnPlan, word: string): RunningChild {
  const platform = process.platform;
  const handed = handedToUs();
  const probe = platform === "win32" ? undefined : startProbe();
  let over = false;
  let endedBy: NodeJS.Signals | undefined;
  const channel = takeChannel();
  const { child, ended } = start(withOwnPid(plan, plan.env, process.pid), word, { handed, channel });
  // The system keeps the id of our own child until we have seen how it ended.
  const isThere = (it: ProcessIdentity) => it.pid === child?.pid ? !over : isSame(it);
  const sendTo = (to: ProcessIdentity, signal: NodeJS.Signals) =>
    isThere(to) ? send(to.pid, signal) : undefined;
  return {
    notices: noticesOf(channel),
    started: child?.pid !== undefined,
    pid: child?.pid,
    ended: ended.then((exit) => {
      over = true;
      probe?.dismiss();
      return exitAfterKill(exit, { inNameOf: endedBy, platform });
    }),
    async pass(signal) {
      const group = await saw(probe, signal);
      const terminal = process.stdin.isTTY === true;
      if (!over && mustForward({ signal, platform, group, terminal })) send(child?.pid, signal);
      // On Windows a console tells all its processes.
      return group === true || platform === "win32";
    },
    send(to, signal) {
      // There is nothing but to end it.
      if (platform === "win32" && isThere(to)) endedBy = signal;
      sendTo(to, signal);
    },
    end(what, signal) {
      if (!isThere(what)) return;
      if (what.pid === child?.pid || platform === "win32") endedBy = signal;
      sendTo(what, "SIGKILL");
    },
  };
}

/** A command line that the shell runs. */
export interface Shell {
  /** How it ended; never rejects. */
  readonly ended: Promise<ChildExit>;
  send(signal: NodeJS.Signals): void;
}

/** Has the system's shell run a command line, with our streams as its own. */
export function startShell(command: string, env: Environment): Shell {
  const plan = planShell(command, { env, platform: process.platform });
  const { child, ended } = start({ ...plan, env }, plan.file);
  let over = false;
  return {
    ended: ended.finally(() => over = true),
    send(signal) {
      if (over) return;
      if (process.platform === "win32") endTree(child?.pid);
      else send(child?.pid, signal);
    },
  };
}

/**
 * Sends a signal. Not by `child.kill`: under Deno that sends only the first, and also settles how the child is said to have
 * ended, whatever it does then. See https://github.com/denoland/deno/issues/36643
 */
function send(pid: number | undefined, signal: NodeJS.Signals): void {
  if (pid === undefined) return;
  try {
    process.kill(pid, signal);
  } catch {
    // It has just ended; what it ended with is on its way.
  }
}

/** Windows: ends a process and all that it has started; else what a shell runs would go on without it. */
function endTree(pid: number | undefined): void {
  if (pid === undefined) return;
  spawn("taskkill", ["/pid", String(pid), "/t", "/f"], { stdio: "ignore" }).on(
    "error",
    () => send(pid, "SIGKILL"),
  );
}

function saw(probe: GroupSignalProbe | undefined, signal: string): Promise<boolean | undefined> {
  return probe?.sawSignal(signal) ?? Promise.resolve(undefined);
}

function noticesOf(channel: Channel | undefined): string[] {
  if (channel === undefined) return [];
  if (channel.fd === undefined) {
    return [
      "The command has no channel to the process that started profsrv: this runtime keeps it for itself.",
    ];
  }
  if (channel.lost === 0) return [];
  const { node } = process.versions;
  return [
    `${channel.lost} messages to the command are lost: Node ${node} read them before profsrv could hand the channel on.`,
  ];
}

/** What the command gets beside our streams. */
interface Extras {
  readonly handed?: Handed;
  readonly channel?: Channel | undefined;
}

function start(
  plan: Program,
  word: string,
  { handed, channel }: Extras = {},
): { child?: ChildProcess; ended: Promise<ChildExit> } {
  try {
    const child = spawn(plan.file, plan.args, {
      stdio: streams([...handed?.descriptors ?? [], ...(channel?.fd === undefined ? [] : [channel.fd])]),
      env: { ...plan.env, ...channel?.env },
      windowsVerbatimArguments: plan.verbatim,
    });
    handed?.release(channel?.fd);
    channel?.release();
    const ended = new Promise<ChildExit>((resolve) => {
      child.on("error", (error: NodeJS.ErrnoException) => {
        // Also told when a signal could not be sent: then the child still runs.
        if (child.pid === undefined) resolve(failureOf(word, error.code));
      });
      child.on("exit", (code, signal) => resolve(exitOf(code, signal)));
    });
    return { child, ended };
  } catch (error) {
    return { ended: Promise.resolve(failureOf(word, (error as NodeJS.ErrnoException).code)) };
  }
}

/** Our streams, and these descriptors under the same numbers. */
function streams(descriptors: readonly number[]): StdioOptions {
  const all: ("inherit" | "ignore" | number)[] = ["inherit", "inherit", "inherit"];
  for (const fd of descriptors) all[fd] = fd;
  // From the fourth on "ignore" means that nothing is opened.
  return Array.from(all, (it) => it ?? "ignore");
}
