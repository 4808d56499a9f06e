/** The npm packages whose code is inside dist/profsrv.mjs, with the texts of their licences. */
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import config from "../deno.json" with { type: "json" };

/** Written by bundle.ts: the packages' directories. */
export const bundledFile = "dist/bundled.json";

/** One package that is inside. */
export interface BundledPackage {
  readonly name: string;
  readonly version: string;
  /** Its licence in SPDX's words, such as `MIT`. */
  readonly license: string;
  readonly licenseText: string;
  /** As in deno.lock: `sha512-<base64>`. */
  readonly integrity: string;
}

/** The directories of packages that files of a bundle come from, each once. Pure. */
export function packageDirectories(files: readonly string[]): string[] {
  const found = files.map((file) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(file)?.[0]);
  return [...new Set(found.filter((it) => it !== undefined))].sort();
}

/** All packages that are inside, by name. Throws when one has no licence: then it may not be handed on. */
export async function bundledPackages(): Promise<BundledPackage[]> {
  const directories = JSON.parse(await readFile(bundledFile, "utf8")) as string[];
  const lock = JSON.parse(await readFile("deno.lock", "utf8")) as {
    npm: Record<string, { integrity: string } | undefined>;
  };
  const packages = directories.map(async (directory): Promise<BundledPackage> => {
    const { name, version, license } = JSON.parse(await readFile(join(directory, "package.json"), "utf8"));
    const file = (await readdir(directory)).find((it) => /^licen[cs]e(?:\.|$)/i.test(it));
    const integrity = lock.npm[`${name}@${version}`]?.integrity;
    if (typeof license !== "string" || file === undefined) {
      throw new Error(`Cannot hand on ${name}@${version}: it has no licence`);
    }
    if (integrity === undefined) throw new Error(`Cannot hand on ${name}@${version}: it is not in deno.lock`);
    return {
      name,
      version,
      license,
      integrity,
      licenseText: await readFile(join(directory, file), "utf8"),
    };
  });
  return (await Promise.all(packages)).sort((a, b) => a.name < b.name ? -1 : 1);
}

/** What is handed on beside LICENSE: whose code is inside, and on which terms. Pure. */
export function licencesText(packages: readonly BundledPackage[], insideSpeedscope: string): string {
  const parts = packages.map(({ name, version, license, licenseText }) =>
    `${"=".repeat(72)}\n${name} ${version} (${license})\n${"=".repeat(72)}\n\n${licenseText.trim()}\n`
  );
  return `profsrv ${config.version} contains code of these npm packages.\n\n${
    parts.join("\n")
  }\nThe script of speedscope contains code of these.\n\n${insideSpeedscope}`;
}
