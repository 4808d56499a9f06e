/** The ways in which a server ends, as a table: what the tests do and expect, and what docs/endings.md says. */
import process from "node:process";
import { ask, type Started } from "./profiled.ts";

/** `test/apps/endings.cjs`, running. */
export interface Target {
  /** The command, or profsrv with the command. */
  readonly started: Started;
  readonly port: number;
  /** The server's own process. */
  readonly pid: number;
}

/** One way to end. */
export interface Ending {
  readonly name: string;
  /** What the server does with signals: the argument of `test/apps/endings.cjs`. */
  readonly mode?: "default" | "handles" | "once" | "removes" | "ignores";
  /** What reaches the server. */
  readonly arrives: string;
  /** What profsrv itself ends with. */
  readonly comesOut: string;
  readonly lost: string;
  /** Its memory is small. */
  readonly isTight?: boolean;
  /** Lines of the index after the first request's: `path outcome`. */
  readonly requests: readonly string[];
  /** Makes it end. */
  act(target: Target): Promise<void>;
}

/** Asks for a path and does not mind that the server ends before it answers. */
async function askLast({ port }: Target, path: string): Promise<void> {
  await ask(port, path).catch(() => {});
}

/** Leaves a request open. */
async function leaveOpen(target: Target): Promise<void> {
  void askLast(target, "/open");
  await target.started.printed(/^open$/m);
}

/** Sends a signal and waits for the server's handler. */
async function heard({ started }: Target, signal: NodeJS.Signals): Promise<void> {
  started.kill(signal);
  await started.printed(new RegExp(`^got ${signal}$`, "m"));
}

const NOTHING = "nothing";
const LAST_WINDOW = "samples of the last second and requests of the last 0.1 s, at most";

/** Ends by the handler of a path. */
function byPath(name: string, path: string, rest: Pick<Ending, "comesOut" | "requests">): Ending {
  return { name, arrives: NOTHING, lost: NOTHING, ...rest, act: (target) => askLast(target, path) };
}

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT"] as const;

function withoutHandler(signal: NodeJS.Signals): Ending {
  return {
    name: `${signal}, nobody listens`,
    arrives: `${signal}, once`,
    comesOut: `killed by ${signal}`,
    lost: NOTHING,
    requests: ["/open unfinished"],
    async act(target) {
      await leaveOpen(target);
      target.started.kill(signal);
    },
  };
}

function withHandler(signal: NodeJS.Signals): Ending {
  return {
    name: `${signal}, a handler ends the server`,
    mode: "handles",
    arrives: `${signal}, once`,
    comesOut: "the server's code",
    lost: NOTHING,
    requests: ["/open aborted"],
    async act(target) {
      await leaveOpen(target);
      target.started.kill(signal);
    },
  };
}

/** The handler hears the first only; the second ends the process as if there had never been one. */
function forTheFirst(mode: "once" | "removes", signal: NodeJS.Signals): Ending {
  const how = mode === "once" ? "by `once`" : "that removes itself";
  return {
    name: `${signal} twice, a handler ${how}`,
    mode,
    arrives: `${signal}, twice`,
    comesOut: `killed by ${signal}`,
    lost: NOTHING,
    requests: ["/ finished"],
    async act(target) {
      await heard(target, signal);
      await ask(target.port, "/");
      target.started.kill(signal);
    },
  };
}

function ignored(signal: NodeJS.Signals): Ending {
  return {
    name: `${signal}, a handler ignores it`,
    mode: "ignores",
    arrives: `${signal}, once`,
    comesOut: "the server's code, when it ends",
    lost: NOTHING,
    requests: ["/ finished", "/close finished"],
    async act(target) {
      await heard(target, signal);
      await ask(target.port, "/");
      await askLast(target, "/close");
    },
  };
}

/** Rows whose server is ended by the test. */
export const endings: readonly Ending[] = [
  byPath("the server closes", "/close", { comesOut: "code 0", requests: ["/close finished"] }),
  byPath("`process.exit(3)` in a handler", "/exit", { comesOut: "code 3", requests: ["/exit unfinished"] }),
  byPath("an uncaught exception", "/throw", { comesOut: "code 1", requests: ["/throw unfinished"] }),
  byPath("an unhandled rejection", "/reject", { comesOut: "code 1", requests: ["/reject unfinished"] }),
  ...SIGNALS.map(withoutHandler),
  ...SIGNALS.map(withHandler),
  forTheFirst("once", "SIGINT"),
  forTheFirst("once", "SIGTERM"),
  forTheFirst("removes", "SIGINT"),
  forTheFirst("removes", "SIGTERM"),
  ignored("SIGINT"),
  ignored("SIGHUP"),
  {
    name: "SIGTERM in a computation that never ends, nobody listens",
    arrives: "SIGTERM; SIGKILL after 1.7 s",
    comesOut: "killed by SIGTERM",
    lost: LAST_WINDOW,
    requests: [],
    async act(target) {
      void askLast(target, "/compute");
      await target.started.printed(/^computing$/m);
      target.started.kill("SIGTERM");
    },
  },
  {
    name: "SIGKILL of the server",
    arrives: "SIGKILL",
    comesOut: "killed by SIGKILL",
    lost: LAST_WINDOW,
    requests: [],
    act: async ({ pid }) => void process.kill(pid, "SIGKILL"),
  },
  byPath("`process.abort`", "/abort", { comesOut: "killed by SIGABRT", requests: ["/abort unfinished"] }),
  {
    ...byPath("out of memory", "/memory", { comesOut: "killed by the runtime's own signal", requests: [] }),
    isTight: true,
    lost: LAST_WINDOW,
  },
];

/** Rows that need another setting: their tests are in `endings_test.ts`, `own_end_test.ts` and `terminal_test.ts`. */
export const otherEndings: readonly Pick<Ending, "name" | "arrives" | "comesOut" | "lost">[] = [
  {
    name: "it sends itself a signal, nobody listens",
    arrives: NOTHING,
    comesOut: "killed by that signal, at once",
    lost: NOTHING,
  },
  {
    name: "a handler sends the signal again (`signal-exit`, NestJS, terminus)",
    arrives: "the signal, once",
    comesOut: "killed by the signal",
    lost: NOTHING,
  },
  {
    name: "`process.reallyExit`, `process.execve`",
    arrives: NOTHING,
    comesOut: "the code given; as the new program ends",
    lost: NOTHING,
  },
  {
    name: "SIGTERM to process 1 of a PID namespace, nobody listens",
    arrives: "nothing: the kernel ignores it",
    comesOut: "as the server ends, later",
    lost: NOTHING,
  },
  {
    name: "Ctrl-C at a terminal",
    arrives: "SIGINT, once: the terminal sends it to both",
    comesOut: "as the server ends",
    lost: NOTHING,
  },
  {
    name: "Ctrl-C once more while the last profiles are written",
    arrives: NOTHING,
    comesOut: "as the server ended",
    lost: "nothing; one more, a second later, gives up what is not written yet",
  },
  {
    name: "SIGKILL of profsrv",
    arrives: "nothing: it goes on and ends by itself",
    comesOut: "killed by SIGKILL",
    lost: "nothing up to 48 MiB for each thread: `profsrv report` writes it",
  },
];

/** The table as docs/endings.md has it. */
export function endingsTable(): string {
  const rows = [...endings, ...otherEndings].map((it) => [it.name, it.arrives, it.comesOut, it.lost]);
  const all = [["how it ends", "what the server gets", "what profsrv ends with", "what is lost"], ...rows];
  const widths = all[0]!.map((_, at) => Math.max(...all.map((row) => row[at]!.length)));
  const line = (row: readonly string[]) => `| ${row.map((it, at) => it.padEnd(widths[at]!)).join(" | ")} |\n`;
  const rule = widths.map((it) => "-".repeat(it));
  return [all[0]!, rule, ...rows].map(line).join("");
}
