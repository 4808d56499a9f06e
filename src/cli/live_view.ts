/** `--ui`: the run is shown in the browser while it goes on. */
import { reasonOf } from "../system_error.ts";
import type { ViewServer } from "../viewer/server.ts";
import { openBrowser } from "./open_browser.ts";
import { serve, viewedRun } from "./viewed.ts";
import type { Reporter } from "./reporter.ts";

/** Shows the run in a directory that has its `run.json`; undefined, and said why, if that cannot be done. */
export async function showLive(
  directory: string,
  port: number,
  reporter: Reporter,
): Promise<ViewServer | undefined> {
  try {
    const server = await serve(viewedRun(directory, () => true), port, reporter);
    reporter.notice(`the run is shown at ${server.address}`);
    openBrowser(server.ticket);
    return server;
  } catch (error) {
    reporter.error(`Cannot show the run at port ${port}: ${reasonOf(error)}; it goes on without --ui`);
    return undefined;
  }
}
