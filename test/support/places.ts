/** Where the functions of the typed server stand in its sources, and whether a profile has them there. */
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { pathToFileURL } from "node:url";
import { appPath } from "./profiled.ts";

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
