/** `profsrv view`: find the run, show it in the browser or write it as one file. */
import { resolve } from "node:path";
import process from "node:process";
import { FileRefused } from "../files/refused.ts";
import { type ChildExit, type FoundSpool, isRead } from "../launch/mod.ts";
import { reasonOf } from "../system_error.ts";
import type { Milliseconds } from "../units.ts";
import { checkHtml, writeHtml } from "../viewer/html_file.ts";
import { openRun, spoolsOf } from "./find_run.ts";
import { newestRun } from "./newest_run.ts";
import { openBrowser } from "./open_browser.ts";
import { serve, type Viewed, viewedRun } from "./viewed.ts";
import type { ViewOptions } from "./view_options.ts";
import type { Reporter } from "./reporter.ts";

/** There is no such run, or what was asked for cannot be had. */
const REFUSED = 2;
/** How often it is looked whether a run still goes on. */
const LOOK: Milliseconds = 1000;

/** Shows a run until a signal comes, or writes it. Gives how we are to end. */
export async function view(options: ViewOptions, reporter: Reporter): Promise<ChildExit> {
  const { path } = options;
  const found = path === undefined ? newestRun() : resolve(path);
  if (found === undefined) {
    reporter.error("There is no run of yours here: expected its directory, as in profsrv view profiles");
    return { code: REFUSED };
  }
  try {
    const { directory } = await openRun(found, reporter);
    const viewed = viewedRun(directory, watcherOf(directory));
    return options.html === undefined
      ? await show(viewed, options, reporter)
      : await write(viewed, { ...options, html: options.html }, reporter);
  } catch (error) {
    const isKnown = error instanceof FileRefused || (error as NodeJS.ErrnoException).code !== undefined;
    if (!isKnown) throw error;
    reporter.error(`Cannot show "${path ?? found}": ${reasonOf(error)}`);
    return { code: REFUSED };
  }
}

async function show(viewed: Viewed, { port, open }: ViewOptions, reporter: Reporter): Promise<ChildExit> {
  const { run } = viewed;
  const server = await serve(viewed, port, reporter).catch((error) => {
    reporter.error(`Cannot serve at port ${port}: ${reasonOf(error)}`);
  });
  if (server === undefined) return { code: REFUSED };
  process.stdout.on("error", () => {});
  process.stdout.write(`The run in ${run.directory} is shown at ${server.address} until Ctrl-C.\n`);
  if (open) openBrowser(server.ticket);
  void run.read().catch((error) => reporter.error(`Cannot read "${run.directory}"`, error));
  const signal = await firstSignal();
  await server.close();
  return { signal };
}

async function write(
  viewed: Viewed,
  { html, top }: ViewOptions & { readonly html: string },
  reporter: Reporter,
): Promise<ChildExit> {
  const path = resolve(html);
  try {
    checkHtml(path);
  } catch (error) {
    return notWritten(html, error, reporter);
  }
  // What cannot be read is no fault of the file.
  await viewed.run.read();
  try {
    const { size, left } = await writeHtml(path, viewed, top);
    reporter.notice(`wrote ${html}: ${(size / 1e6).toFixed(1)} MB, any browser opens it${left}`);
    return { code: 0 };
  } catch (error) {
    return notWritten(html, error, reporter);
  } finally {
    viewed.run.close();
  }
}

function notWritten(html: string, error: unknown, reporter: Reporter): ChildExit {
  const isKnown = error instanceof FileRefused || (error as NodeJS.ErrnoException).code !== undefined;
  if (!isKnown) throw error;
  reporter.error(`Cannot write "${html}": ${reasonOf(error)}`);
  return { code: REFUSED };
}

/** Whether a profsrv still writes a run; the system is asked once a second at most. */
function watcherOf(directory: string): () => boolean {
  let [askedAt, isWatched] = [-Infinity, false];
  let spools: readonly FoundSpool[] = [];
  return () => {
    if (performance.now() - askedAt >= LOOK) {
      // Looking for them takes long where the temporary directory is full, and the page waits meanwhile.
      if (!spools.some(isRead)) spools = spoolsOf(directory).filter(({ reader }) => reader !== undefined);
      isWatched = spools.length > 0;
      askedAt = performance.now();
    }
    return isWatched;
  };
}

/** The first signal that asks us to end: Ctrl-C, SIGTERM, or SIGHUP when the terminal closes. */
function firstSignal(): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
      process.once(signal, () => resolve(signal));
    }
  });
}
