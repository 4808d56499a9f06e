/** A run: find the command, make the directories, start it, collect, end as it ended. */
import { basename } from "node:path";
import process from "node:process";
import { type Collector, startCollector } from "../collector/mod.ts";
import type { RunTotals } from "../store/entry.ts";
import { COUNTING_NOTICE } from "../profile/function_calls.ts";
import { checkOwnFiles, removeOwnFiles } from "../store/own_files.ts";
import { FileRefused } from "../files/refused.ts";
import {
  agentCache,
  agentText,
  type ChildExit,
  describeSpool,
  DirectoryError,
  findCommand,
  holdSignals,
  kindOfFile,
  lowerPriority,
  makeRunDirectory,
  makeSpool,
  place,
  planLaunch,
  type RunningChild,
  type Spool,
  startChild,
} from "../launch/mod.ts";
import type { EpochMilliseconds } from "../units.ts";
import { version } from "../version.ts";
import { agentConfig } from "./agent_config.ts";
import type { RunOptions } from "./args.ts";
import { type Drain, startDrain } from "./drain.ts";
import { behindText, failedText } from "./hints.ts";
import type { Servers } from "./kill_stuck.ts";
import { RUN } from "./options.ts";
import { addRequest, emptyTable, type RouteTable } from "../analysis/routes.ts";
import { OnListen } from "./on_listen.ts";
import { pass, type Running } from "./pass_signals.ts";
import { raiseSignal } from "./raise_signal.ts";
import { RequestLines } from "./request_lines.ts";
import { removeLeftSpools } from "./runs.ts";
import { optionsBehind } from "./split.ts";
import { fatalHooksText, summaryText } from "./summary.ts";
import type { Reporter } from "./reporter.ts";
import { ownName } from "./own_name.ts";

/** What the parts of a run share. */
interface Run {
  readonly options: RunOptions;
  readonly reporter: Reporter;
  readonly drain: Drain;
  readonly table: RouteTable;
  readonly lines: RequestLines;
  /** Where profiles go. */
  readonly directory: string;
  readonly onListen: OnListen | undefined;
}

/** Runs a command and profiles it. Gives how it ended; throws `DirectoryError` before it is started. */
export async function run(options: RunOptions, reporter: Reporter): Promise<ChildExit> {
  const [word = ""] = options.command;
  const { env, platform } = process;
  const found = findCommand(word, { env, platform, kindOf: kindOfFile });
  if ("failed" in found) {
    const kind = kindOfFile(word);
    reporter.error(failedText(options.command, found.text, kind === "file" || kind === "executable"));
    return found;
  }
  const misplaced = behindText(optionsBehind(options.command, RUN));
  if (misplaced !== undefined) reporter.notice(misplaced);
  const running: Running = { signals: new Set(), told: new Set() };
  const drain = startDrain(reporter);
  holdSignals((signal) => drain.hasBegun() ? drain.signal(signal) : void pass(signal, running));
  const { directory, spool, agentPath, undo } = makeDirectories(options.profPath);
  const agent = { path: agentPath, spool: spool.path, config: agentConfig(options, spool.inbox) };
  const { given, shownCommand: command } = options;
  const inbox = basename(spool.inbox);
  const startedOn = Date.now();
  attempt(
    () =>
      describeSpool(spool.path, { v: 1, directory, options: given, command, inbox, agentPath, startedOn }),
    (error) => reporter.error("Cannot note what a report would need if profsrv were killed", error),
  );
  const plan = planLaunch({ command: options.command, file: found.file, env, platform, agent });
  const child = running.child = startChild(plan, word);
  if (!child.started) {
    const exit = await child.ended;
    if ("failed" in exit) reporter.error(exit.text);
    undo();
    return exit;
  }
  // From here on the command runs, and nothing that happens to us may keep it from doing so.
  holdFailures(reporter, drain);
  reporter.notice(`profiles go to ${directory}`);
  const costs = options.calls ? [COUNTING_NOTICE] : [];
  for (const text of [...costs, ...plan.notices, ...child.notices]) reporter.notice(text);
  attempt(
    () => removeLeftSpools(reporter),
    (error) => reporter.error("Cannot remove what killed runs left", error),
  );
  const servers: Servers = { child, reporter, serving: () => collector?.serving() ?? [] };
  const onListen = options.onListen === undefined ? undefined : new OnListen(options.onListen, servers);
  Object.assign(running, { servers, onListen });
  const table = emptyTable();
  const lines = new RequestLines({
    paint: reporter.paint,
    width: () => reporter.width(),
    known: (id) => table.culprits.known(id),
    say: (text) => reporter.say(text),
    now: Date.now,
  });
  const run: Run = { options, reporter, drain, table, lines, directory, onListen };
  const collector = attempt(
    () => collect(run, { child, spool, agentPath, startedOn }),
    (error) => reporter.error("Cannot profile, the command runs on", error),
  );
  // Not before the run's files are there, which a report may ask for. What `--on-listen` runs would be as slow as profsrv is.
  if (options.onListen === undefined) lowerPriority();
  const { ui } = options;
  const viewer = ui === undefined || collector === undefined
    ? undefined
    : import("./live_view.ts").then(({ showLive }) => showLive(directory, ui, reporter));
  const exit = await child.ended;
  const ownExit = onListen === undefined ? exit : await onListen.conclude(exit);
  const totals = collector && await conclude(run, collector, exit);
  await (await viewer)?.close();
  // A private directory in which no request is listed is of no use to anybody.
  if (options.profPath === undefined && totals?.requests === 0) {
    attempt(() => {
      removeOwnFiles(directory);
      undo();
    }, (error) => reporter.error(`Cannot remove "${directory}"`, error));
  }
  // What outlives the run notices that, and goes on as if alone.
  attempt(() => spool.remove(), (error) => reporter.error(`Cannot remove "${spool.path}"`, error));
  return ownExit;
}

/** The directories of a run, and the agent's file. */
interface Directories {
  readonly directory: string;
  readonly spool: Spool;
  readonly agentPath: string;
  undo(): void;
}

function makeDirectories(profPath: string | undefined): Directories {
  const directory = makeRunDirectory(profPath);
  try {
    refuseForeign(profPath ?? directory.path, directory.path);
    const cache = agentCache();
    const agentPath = place(cache, "agent.cjs", agentText());
    const spool = makeSpool(cache);
    const undo = () => {
      spool.remove();
      directory.undo();
    };
    return { directory: directory.path, spool, agentPath, undo };
  } catch (error) {
    directory.undo();
    throw error;
  }
}

/** What is not profsrv's stays as it is, also where it is called as what a run writes. */
function refuseForeign(given: string, path: string): void {
  try {
    checkOwnFiles(path);
  } catch (error) {
    if (!(error instanceof FileRefused)) throw error;
    throw new DirectoryError(`Cannot write profiles to "${given}": ${error.reason}`, { cause: error });
  }
}

/** What a collector is made for. */
interface Collected {
  readonly child: RunningChild;
  readonly spool: Spool;
  readonly agentPath: string;
  readonly startedOn: EpochMilliseconds;
}

function collect(
  { options, reporter, table, lines, directory, onListen }: Run,
  { child, spool, agentPath, startedOn }: Collected,
): Collector {
  return startCollector({
    ...options,
    command: options.shownCommand,
    directory,
    spool: spool.path,
    inbox: spool.inbox,
    agentPath,
    startedOn,
    version,
    onRequests(entries) {
      for (const entry of entries) addRequest(table, entry);
      if (!options.quiet) lines.add(entries);
    },
    onListening: (address) => void onListen?.listening(address),
    onRaise: (to, signal) => raiseSignal(child, to, signal),
    onSpoolGone: () => spool.restore(),
    onNotice: (text) => reporter.notice(text),
    onDebug: (text) => {
      if (process.env["PROFSRV_DEBUG"]) reporter.notice(text);
    },
  });
}

/** Writes what is left and says what the run came to; gives its totals, if they could be had. */
async function conclude(
  { reporter, drain, table, lines, directory }: Run,
  collector: Collector,
  exit: ChildExit,
): Promise<RunTotals | undefined> {
  try {
    const totals = await drain.finish(collector, exit);
    lines.flush();
    const ending = { width: reporter.width(), program: ownName(), ...("failed" in exit ? {} : { exit }) };
    if (totals !== undefined) {
      reporter.say(summaryText({ table, totals, directory, ...ending }, reporter.paint).trimEnd());
    }
    const text = totals && fatalHooksText("code" in exit ? exit.code : null, totals);
    if (text !== undefined) reporter.notice(text);
    return totals;
  } catch (error) {
    reporter.error("Cannot write the last profiles", error);
    return undefined;
  }
}

function attempt<T>(action: () => T, onFailure: (error: unknown) => void): T | undefined {
  try {
    return action();
  } catch (error) {
    onFailure(error);
    return undefined;
  }
}

/** An error of ours that nobody caught is said once; what can still be collected is. */
function holdFailures(reporter: Reporter, drain: Drain): void {
  let said = false;
  const onFailure = (error: unknown) => {
    if (!said) reporter.error("Internal error, profiles may be missing", error);
    said = true;
    drain.fail();
  };
  process.on("uncaughtException", onFailure);
  process.on("unhandledRejection", onFailure);
}
