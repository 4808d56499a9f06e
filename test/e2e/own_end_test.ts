/** A server that ends itself ends at once, as it would without profsrv, and what was measured until then is written. */
import assert from "node:assert/strict";
import { join } from "node:path";
import process from "node:process";
import { checkLaws } from "../support/laws.ts";
import { appPath, ask, type Ended, profiled, type Run, Started } from "../support/profiled.ts";
import { type Runtime, runtimes } from "../support/runtimes.ts";

interface OwnEnd {
  readonly how: string;
  /** Where the package is that it needs. */
  readonly place?: string;
  /** Before the command. */
  readonly before?: readonly string[];
  /** Sent to the server; absent where it is asked. */
  readonly signal?: NodeJS.Signals;
  /** What is listed after the first requests. */
  readonly last?: readonly string[];
  /** It goes on, and must be closed. */
  readonly goesOn?: boolean;
  readonly runsOn?: (runtime: Runtime) => boolean;
}

const signalExit3 = join(
  import.meta.dirname!,
  "../../node_modules/.deno/signal-exit@3.0.7/node_modules/signal-exit",
);

const onNode = ({ kind }: Runtime) => kind === "node";
const hasExecve = ({ kind, version }: Runtime) => kind === "node" && Number(version.split(".")[0]) >= 24;

/** There the signal ends the process before the agent hears of it: docs/endings.md. */
const not25 = ({ kind, version }: Runtime) => kind === "node" || !version.startsWith("2.5.");

const UNFINISHED = ["/end unfinished"];
const WENT_ON = ["/end finished", "/ finished", "/close finished"];

/** It leads a group of its own: the signal is for that one. */
const alone = ["setsid"];

const asked: readonly OwnEnd[] = [
  ...[
    "kill",
    "kill by number",
    "kill by a name of its own",
    "kill -9",
    "kill of a signal that is not caught",
  ],
  "reallyExit",
  "abort",
].flatMap((how) => ({ how, last: UNFINISHED }));

const ends: readonly OwnEnd[] = [
  ...asked,
  { how: "kill of its group", before: alone, last: UNFINISHED, runsOn: not25 },
  { how: "kill of its group by its number", before: alone, last: UNFINISHED, runsOn: not25 },
  // Deno itself goes on for a moment then.
  { how: "kill after its listener was taken away", last: UNFINISHED, runsOn: onNode },
  { how: "execve", last: UNFINISHED, runsOn: hasExecve },
  { how: "kill that fails", last: WENT_ON, goesOn: true },
  { how: "kill of signal 0", last: WENT_ON, goesOn: true },
  { how: "kill of a signal that is ignored", last: WENT_ON, goesOn: true },
  { how: "kill of a signal it listens for", last: WENT_ON, goesOn: true },
  // The kernel lets process 1 of a namespace ignore what it does not listen for.
  { how: "kill", before: ["unshare", "-pf", "--mount-proc"], last: WENT_ON, goesOn: true, runsOn: onNode },
  ...(["SIGINT", "SIGTERM", "SIGHUP"] as const).flatMap((signal) => [
    { how: "once, after it has closed", signal },
    { how: "on, at once", signal },
  ]),
  { how: "on, later", signal: "SIGTERM" },
  { how: "on, within microtasks", signal: "SIGTERM" },
  { how: "once, with an exit code in a microtask", signal: "SIGTERM" },
  { how: "shutdown hooks", signal: "SIGTERM" },
  { how: "signal-exit 4", place: "signal-exit", signal: "SIGTERM" },
  { how: "zone.js", place: "zone.js/node", signal: "SIGTERM", runsOn: onNode },
  { how: "signal-exit 3", place: signalExit3, signal: "SIGTERM" },
  { how: "terminus", place: "@godaddy/terminus", signal: "SIGTERM" },
];

/** Five requests, and what ends the server at once, before the agent's next message would be due. */
async function use(started: Started, { signal, goesOn }: OwnEnd): Promise<void> {
  const port = Number((await started.printed(/port (\d+)/))[1]);
  for (let i = 0; i < 5; i++) await ask(port, "/");
  if (signal !== undefined) return started.kill(signal);
  await ask(port, "/end").catch(() => {});
  if (!goesOn) return;
  await ask(port, "/");
  await ask(port, "/close");
}

/** What is the same each time. Deno runs on for a moment after a fatal signal to itself, sometimes long enough to print. */
function stable({ code, signal, stdout }: Ended, { kind }: Runtime): object {
  const said = stdout.replace(/port \d+ of \d+/, "port");
  return { code, signal, stdout: kind === "deno" && signal !== null ? said.replace("goes on\n", "") : said };
}

function checkRequests(run: Run, { last = [], goesOn }: OwnEnd): void {
  // Deno notices that an answer is out after the client does.
  const known = (told: string) => run.index[0]?.runtime.startsWith("deno") ? told.split(" ")[0] : told;
  const told = run.index.map(({ path, outcome }) => known(`${path} ${outcome}`));
  assert.deepEqual(told, [...Array(5).fill("/ finished"), ...last].map(known));
  if (goesOn) return;
  const sampled = run.index.filter(({ path, samples }) => path === "/" && samples > 0);
  assert.ok(sampled.length > 0, "none has samples");
}

for (const runtime of await runtimes()) {
  for (const end of ends) {
    const { how, place, before = [], signal, runsOn = () => true } = end;
    if (!runsOn(runtime)) continue;
    const event = `${how}${signal === undefined ? "" : `, at ${signal}`}${
      before[0] === "unshare" ? ", as process 1" : ""
    }`;
    const name = `own end by ${event}, on ${runtime.kind} ${runtime.version}`;
    Deno.test(name, { ignore: process.platform !== "linux" }, async () => {
      const start = runtime.kind === "node" ? [runtime.path] : [runtime.path, "run", "-A"];
      const app = [appPath("own_ends.cjs"), how, ...(place === undefined ? [] : [place])];
      const command = [...before, ...start, ...app];
      const bare = new Started(command);
      await use(bare, end);
      const run = await profiled(command, (started) => use(started, end), { options: ["--quiet"] });
      assert.deepEqual(stable(run, runtime), stable(await bare.ended, runtime));
      checkRequests(run, end);
      checkLaws(run);
    });
  }
}
