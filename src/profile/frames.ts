/** Frames that are no function of the program: V8's own meta frames and the two that this project invents. */
import type { Frame } from "./model.ts";

/** V8: the event loop slept. */
export const IDLE = "(idle)";
/** V8: native code outside of any JavaScript function. */
export const PROGRAM = "(program)";
/** V8: the garbage collector ran. */
export const GARBAGE_COLLECTOR = "(garbage collector)";
/** V8: the root of its call tree; never a frame in our model. */
export const ROOT = "(root)";
/** Ours: CPU time of a request that no sample saw. */
export const UNSAMPLED = "(unsampled)";
/** Ours: the work of this profiler itself inside the target. */
export const PROFILER = "(profsrv)";

/** What the agent's script is called on Node: no file's URL, for reports of coverage count all files. */
export const AGENT_SCRIPT = "profsrv:agent";

/** Ours: the request waited for something else than the event loop. */
export const WAITING = "(waiting)";

/** The name of the time in which what is called so held up the event loop. */
export function blockedBy(name: string): string {
  return `(blocked by ${name})`;
}

/** What held up the event loop, if that is what a frame stands for. */
export function blockerIn(frame: Frame): string | undefined {
  return frame.url === "" ? /^\(blocked by (.*)\)$/s.exec(frame.name)?.[1] : undefined;
}

/** Whether a frame stands for time in which the request, or the whole process, did not run. */
export function isGap(frame: Frame): boolean {
  return isMeta(frame, IDLE) || isMeta(frame, WAITING) || blockerIn(frame) !== undefined;
}

/** A frame that belongs to no script. */
export function metaFrame(name: string): Frame {
  return { name, url: "", line: -1, column: -1 };
}

/** Whether the frame is one of the meta frames, by name. A function of the program never has a name in parentheses. */
export function isMeta(frame: Frame, name: string): boolean {
  return frame.url === "" && frame.name === name;
}

/** Whether the frame is any meta frame. */
export function isAnyMeta(frame: Frame): boolean {
  return frame.url === "" && /^\(.*\)$/.test(frame.name);
}

/** Whether the frame belongs to the runtime and not to the application: meta frames, builtins, `node:`, Deno's `ext:`. */
export function isRuntime(frame: Frame): boolean {
  return frame.url === "" || frame.url.startsWith("node:") || frame.url.startsWith("ext:");
}

const FILE_URL = /^file:\/\/(\/.*)$/;
const DRIVE = /^\/(?=[a-z]:\/)/i;

/** The path of a script that is a file (`C:/a.js` on Windows), else its url as it is. */
export function scriptPath(url: string): string {
  const path = FILE_URL.exec(url)?.[1];
  return path === undefined ? url : decodePath(path).replace(DRIVE, "");
}

/** The url of a script that is a file: `scriptPath` backwards. */
export function scriptUrl(path: string): string {
  if (!/^(?:\/|[a-z]:\/)/i.test(path)) return path;
  const encoded = encodeURI(path.replace(/\p{Cs}/gu, "\ufffd")).replace(
    /[?#]/g,
    (it) => it === "?" ? "%3F" : "%23",
  );
  return `file://${path.startsWith("/") ? "" : "/"}${encoded}`;
}

function decodePath(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}
