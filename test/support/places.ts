/** Where functions stand in their sources, and whether profiles and the index have them there. */
import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { pathToFileURL } from "node:url";
import type { HotFunction } from "../../src/store/entry.ts";
import type { CpuProfile } from "./laws.ts";
import { appPath, contentOf, type Run } from "./profiled.ts";
import { burner } from "./projects.ts";

/** A function, and the first words of its line. */
export type Written = readonly [name: string, file: string, text: string];

/** Of its module that works. */
export const work: readonly Written[] = [
  ["burnMethod", "src/work.ts", "burnMethod("],
  ["spinArrow", "src/work.ts", "spinArrow ="],
  ["callDeclared", "src/work.ts", "callDeclared("],
  ["spend", "src/work.ts", "spend<Time"],
];
/** Function, file relative to the project, and the 0-based line of all functions in a profile that the project's files have. */
export interface Placed {
  readonly functionName: string;
  readonly url: string;
  readonly lineNumber: number;
}

/** The functions of a profile that a project's files have: `name file:line`. */
export function placesOf(nodes: readonly Placed[], project: string): Set<string> {
  const root = pathToFileURL(project).href + "/";
  return new Set(
    nodes.filter(({ url }) => url.startsWith(root)).map(({ functionName, url, lineNumber }) =>
      `${functionName} ${url.slice(root.length)}:${lineNumber}`
    ),
  );
}

/** The 0-based line of a text in a source. */
export async function lineOf(file: string, text: string): Promise<number> {
  const lines = (await readFile(appPath(`typed/${file}`), "utf8")).split("\n");
  return lines.findIndex((line) => line.includes(text));
}

/** All of these are where they were written, and nowhere else. */
export async function checkPlaces(places: ReadonlySet<string>, shows: readonly Written[]): Promise<void> {
  for (const [name, file, text] of shows) {
    const place = `${name} ${file}:${await lineOf(file, text)}`;
    assert.ok(places.has(place), `no "${place}" among ${[...places].join(", ")}`);
  }
  const names = shows.map(([name]) => name);
  const made = [...places].filter((it) => it.includes(" dist/") && names.includes(it.split(" ")[0]!));
  assert.deepEqual(made, [], "they stand nowhere else");
}

/** Fewer samples do not say what was hot. */
const ENOUGH_SAMPLES = 5;

/**
 * These requests, or those of them that V8 has seen often enough, have the burner in their profiles, at its place in this file. What is hot in
 * them is told with its place: the burner in one of them at least, for V8 gives some samples of a function to its caller at times, and a server
 * that develops may work more than that, on a page of an error even each time (`isOftenHottest`).
 */
export function checkBurner(
  run: Run,
  entries: readonly Run["index"][number][],
  file: string,
  { isOftenHottest = true }: { readonly isOftenHottest?: boolean } = {},
): void {
  const seen = entries.filter(({ samples }) => samples >= ENOUGH_SAMPLES);
  assert.ok(seen.length > 0, `no samples: ${JSON.stringify(entries)}`);
  const hot = seen.map(({ hot }) => `${hot?.function} ${hot?.file}:${hot?.line}`);
  const place = `${burner.function} ${file}:${burner.line}`;
  assert.ok(!isOftenHottest || hot.includes(place), hot.join());
  const burning = hot.filter((it) => it.startsWith(`${burner.function} `));
  assert.ok(burning.every((it) => it === place), `wherever it is hot, it is there: ${burning.join()}`);
  for (const { hot } of seen) if (hot) checkWritten(hot);
  for (const { url, files } of seen) {
    const { nodes } = JSON.parse(contentOf(run, files[0]!)) as CpuProfile;
    const found = nodes.map(({ callFrame }) => callFrame)
      .filter(({ functionName }) => functionName === burner.function)
      .map(({ url, lineNumber }) => `${url}:${lineNumber + 1}`);
    assert.deepEqual([...new Set(found)], [`${pathToFileURL(file).href}:${burner.line}`], url);
  }
}

/** Where the map of the source cannot be had, no line is told that would be another's in it. */
export function checkNoOtherLine(run: Run, entries: readonly Run["index"][number][], file: string): void {
  const source = pathToFileURL(file).href;
  for (const { url, files } of entries) {
    const { nodes } = JSON.parse(contentOf(run, files[0]!)) as CpuProfile;
    const lines = nodes.map(({ callFrame }) => callFrame)
      .filter(({ functionName, url }) => functionName === burner.function && url === source)
      .map(({ lineNumber }) => lineNumber + 1);
    assert.ok(lines.every((line) => line === 0 || line === burner.line), `${url}: ${lines.join()}`);
  }
}

/** The line that is told of a function has its name: another function may be the hottest, but none is told at a place where it is not. */
function checkWritten({ function: name, file, line }: HotFunction): void {
  const identifier = /[\w$]+$/.exec(name)?.[0];
  if (line === 0 || identifier === undefined || !existsSync(file)) return;
  const lines = readFileSync(file, "utf8").split("\n").slice(Math.max(0, line - 3), line);
  const isThere = lines.some((it) => it.includes(identifier) || it.includes("constructor"));
  assert.ok(isThere, `${name} is not at ${file}:${line}: ${lines.join("\n")}`);
}
