/** What `profsrv view` was asked for. */
import { UsageError } from "./split.ts";
import { countOf, pathOf, portOf } from "./values.ts";

/** Which run to look at, and how. */
export interface ViewOptions {
  /** A run's directory; absent: that of the newest run. */
  readonly path?: string;
  /** 0: any free one. */
  readonly port: number;
  /** Whether a browser may be opened. */
  readonly open: boolean;
  /** Write this file, in place of serving. */
  readonly html?: string;
  /** Profiles in that file: of so many requests, the slowest. */
  readonly top: number;
}

/** Option values as given. */
export interface GivenViewOptions {
  readonly port: string | undefined;
  readonly open: boolean;
  readonly html: string | undefined;
  readonly top: string | undefined;
}

/** Checks what was given. Throws `UsageError`. */
export function viewOptionsOf(
  [path, second]: readonly string[],
  { port, open, html, top }: GivenViewOptions,
): ViewOptions {
  if (second !== undefined) {
    throw new UsageError(`Cannot show "${path}" and "${second}" at once: expected one directory`);
  }
  if (path === "") throw new UsageError('Cannot show "": expected a directory');
  if (html !== undefined && port !== undefined) {
    throw new UsageError("Cannot write --html and serve at --port at once: expected one of them");
  }
  if (html === undefined && top !== undefined) {
    throw new UsageError("--top is for --html: a page that is served shows all requests");
  }
  return {
    port: portOf("port", port ?? "0"),
    open,
    top: countOf(top ?? "50", "top"),
    ...(path === undefined ? {} : { path }),
    ...(html === undefined ? {} : { html: pathOf("html", html) }),
  };
}
