/** What is being run: found, planned, started, ended. */
export { agentCache, place } from "./agent_cache.ts";
export { agentText } from "./agent_text.ts";
export { type RunningChild, type Shell, startChild, startShell } from "./child.ts";
export { type ChildExit, type ChildFailure, exitCodeOf } from "./child_exit.ts";
export { exitLike } from "./exit_like.ts";
export { findCommand, kindOfFile } from "./lookup.ts";
export type { SpawnPlan } from "./plan.ts";
export { prepareLaunch as planLaunch } from "./prepare.ts";
export {
  DirectoryError,
  makeRunDirectory,
  makeSpool,
  type RunDirectory,
  type Spool,
} from "./run_directory.ts";
export { isInOurGroup } from "./process_group.ts";
export { holdSignals, isHarmless, RELAYED } from "./signals.ts";
export {
  describeSpool,
  findRunDirectories,
  findSpools,
  type FoundSpool,
  hasWriters,
  isRead,
  leftSpools,
  type SpoolManifest,
} from "./spool_manifest.ts";
export { lowerPriority } from "./priority.ts";
