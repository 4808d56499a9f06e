/** What frameworks call the paths that a route is for, in whichever of their ways to write it. */

/** At the end of a pattern: the rest of the path is not covered by it. */
export const UNCOVERED = "…";

/** Before the name of the operation that was asked for, at the end of a pattern. */
export const OPERATION = "#";

/** What takes any number of segments: `*`, `**`, `*rest`, `:rest*`, `:rest+`, `(.*)`, `:rest(.*)`, `:rest{.+}`, `**:rest`, `$`, `[...rest]`, `[[...rest]]`, `{rest*}`. */
const WILDCARD =
  /\*{0,2}:\w+(?:[*+]|\(\.[*+]\)[*?]?|\{\.[*+]\})|\*\*:\w+|\[{1,2}\.{3}\w+\]{1,2}|\{\w+\*\}|(?:\(\.[*+]\)|\.?\*+)(?:\w+|\?)?|\$(?!\w)/g;

/** Whether a pattern takes every path, and so says nothing of what was asked for. */
export function isCatchAll(pattern: string): boolean {
  // Cheap, for most have none of these.
  if (!/[*+$[{(]/.test(pattern)) return false;
  const rest = pattern.replace(WILDCARD, "");
  return rest !== pattern && /^[/{}()?]*$/.test(rest);
}

/** Whether a pattern is for paths of as many segments as it has itself. */
export function isFixedLength(pattern: string): boolean {
  return !/[*{}()?+\u2026]|\.{3}|\$(?!\w)/.test(pattern);
}

/** Whether a segment of a pattern is a text of its own rather than a name for many. */
export function isLiteral(segment: string): boolean {
  return !/[:*{}()[\]?+<>$\u2026]/.test(segment);
}

/** The parts of a path or pattern between its slashes, without empty ones. */
export function segmentsOf(path: string): string[] {
  return path.split("/").filter((segment) => segment !== "");
}
