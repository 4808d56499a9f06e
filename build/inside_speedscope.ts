/**
 * The npm packages whose code is inside speedscope's script: it has no list of its own. They were found by the texts and names of
 * functions in it. The versions are those that speedscope's package.json names; of what those packages bring along none is known.
 */
import { readFile } from "node:fs/promises";

const file = "build/speedscope_licences.txt";

/** One of these packages. */
export interface InsidePackage {
  readonly name: string;
  readonly version?: string;
  /** Its licence in SPDX's words, such as `MIT`. */
  readonly license: string;
}

/** The packages, and their licences as a text: under the heads of all that have it stands each licence once. */
export async function insideSpeedscope(): Promise<{ packages: InsidePackage[]; text: string }> {
  const text = await readFile(file, "utf8");
  const heads = text.matchAll(/^(\S+)(?: (\d\S*))? \(([^()]+)\)(?=\n(?:\S+ .*\n)*={72}$)/gm);
  const packages = [...heads].map(([, name = "", version, license = ""]) => ({
    name,
    ...(version === undefined ? {} : { version }),
    license,
  }));
  return { packages, text };
}
