/**
 * Whom a signal was for.
 *
 * Ctrl-C in a terminal, a shell that ends its jobs, `timeout` and `kill -- -PGID` signal the whole process group: the command
 * has got the signal already, and a second one would cut its orderly end short. `kill PID` reaches us alone, and the
 * command must get it from us. The system tells C programs which it was, but not JavaScript. So a probe stands in our
 * group: a shell that waits at a pipe and says which signals it gets. When a signal comes we ask it for an answer: what
 * it has not said by then, it did not get. When we die its pipe closes and it ends, whatever killed us.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { HARMLESS, RELAYED } from "./signals.ts";

/** Those who signal a process tree one by one, as systemd does, get this long to come round (milliseconds). */
const GRACE = 20;

/** A group's signal that we have not dealt with yet is ours if it is not older than this: we may have been busy. */
const MEMORY = 2000;

const ALIVE = "alive";

const NAMES = [...RELAYED, ...HARMLESS].map((it) => it.slice("SIG".length)).join(" ");

/** A trap interrupts `read`, which in some shells then fails as at the end of the pipe: hence `got`. */
const SCRIPT = `# profsrv: tells whether a signal is for the whole process group
for s in ${NAMES}; do trap "got=1; echo SIG$s" $s; done
while :; do
  if read -r line; then echo ${ALIVE}; elif [ -z "$got" ]; then exit 0; fi
  got=
done`;

/** Tells signals to the group from signals to us. */
export interface GroupSignalProbe {
  /**
   * Whether the whole process group got a signal that has just reached us; undefined when nobody can tell. Two signals
   * of one kind within `GRACE` count as one, much as the system itself merges those that are pending.
   */
  sawSignal(signal: string): Promise<boolean | undefined>;
  /** Lets it go. */
  dismiss(): void;
}

/** Starts a probe. */
export function startProbe(): GroupSignalProbe {
  /** By signal: when the probe got it last, and whether we have been asked about that. */
  const seen = new Map<string, { readonly at: number; isKnown: boolean }>();
  const asked: ((alive: boolean) => void)[] = [];
  let gone = false;
  const child = start();
  const end = () => {
    gone = true;
    for (const answer of asked.splice(0)) answer(false);
  };
  if (child === undefined) end();
  child?.on("error", end);
  child?.on("exit", end);
  child?.stdin?.on("error", () => {});
  listen(child, (word) => {
    if (word === ALIVE) asked.shift()?.(true);
    else seen.set(word, { at: performance.now(), isKnown: false });
  });
  return {
    async sawSignal(signal) {
      const since = performance.now() - GRACE;
      await new Promise((resolve) => setTimeout(resolve, GRACE));
      const alive = await new Promise<boolean>((resolve) => {
        if (gone) return resolve(false);
        asked.push(resolve);
        child?.stdin?.write("?\n");
      });
      const last = seen.get(signal);
      if (last !== undefined && last.at >= (last.isKnown ? since : since - MEMORY)) {
        return last.isKnown = true;
      }
      return alive ? false : undefined;
    },
    dismiss: () => void child?.kill("SIGKILL"),
  };
}

/** Calls back for each line a child prints. */
function listen(child: ChildProcess | undefined, onLine: (line: string) => void): void {
  let rest = "";
  child?.stdout?.setEncoding("utf8").on("data", (text: string) => {
    const lines = (rest + text).split("\n");
    rest = lines.pop() ?? "";
    lines.forEach(onLine);
  });
}

function start(): ChildProcess | undefined {
  try {
    return spawn("/bin/sh", ["-c", SCRIPT], { cwd: "/", stdio: ["pipe", "pipe", "ignore"] });
  } catch {
    return undefined;
  }
}
