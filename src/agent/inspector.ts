/** Node's inspector, and whether the application may use it as well. */
import type * as Inspector from "node:inspector";
import process from "node:process";

let isLoadedByUs = false;
let isLoadedByOthers = false;

/** Node's inspector. Throws where there is none. */
export function loadInspector(): typeof Inspector {
  noticeOthers();
  isLoadedByUs = true;
  return require("node:inspector") as typeof Inspector;
}

/** Whether somebody else had loaded the inspector before the agent did. */
export function isInspectorOfOthers(): boolean {
  noticeOthers();
  return isLoadedByOthers;
}

function noticeOthers(): void {
  if (isLoadedByUs || isLoadedByOthers) return;
  const { moduleLoadList = [] } = process as { moduleLoadList?: readonly string[] };
  isLoadedByOthers = moduleLoadList.includes("NativeModule inspector");
}
