/**
 * Makes dist/profsrv-<version>.tgz, the npm package: the script with the agent inside, no dependency, nothing that runs
 * at the installation. The same sources make the same bytes.
 */
import { execFile } from "node:child_process";
import { chmod, copyFile, mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import process from "node:process";
import { promisify } from "node:util";
import config from "../deno.json" with { type: "json" };
import { manPage } from "./man_page.ts";
import { bundledPackages, licencesText } from "./bundled_packages.ts";
import { insideSpeedscope } from "./inside_speedscope.ts";

const directory = "dist/package";

/** The package's own description. npm links a package to its build by `repository`, which only the build there knows. */
function manifest(repository: string | undefined): object {
  return {
    name: config.name,
    version: config.version,
    description: "One CPU profile per request, of any Node or Deno server, with no change to it",
    keywords: ["profiler", "cpu-profile", "flame-graph", "performance", "server", "http", "deno"],
    license: config.license,
    ...(repository ? { repository: { type: "git", url: `git+https://github.com/${repository}.git` } } : {}),
    bin: { profsrv: "profsrv.mjs" },
    man: "profsrv.1",
    files: ["profsrv.mjs", "profsrv.1", "THIRD-PARTY-LICENSES.txt"],
    engines: { node: ">=18" },
    // Yarn leaves packages in archives, out of which Node loads no ES module.
    preferUnplugged: true,
  };
}

await rm(directory, { recursive: true, force: true });
await mkdir(directory, { recursive: true });
const text = JSON.stringify(manifest(process.env["GITHUB_REPOSITORY"]), null, 2) + "\n";
await writeFile(join(directory, "package.json"), text);
await writeFile(
  join(directory, "THIRD-PARTY-LICENSES.txt"),
  licencesText(await bundledPackages(), (await insideSpeedscope()).text),
);
await writeFile(join(directory, "profsrv.1"), manPage());
for (const file of ["README.md", "LICENSE"]) await copyFile(file, join(directory, file));
await copyFile("dist/profsrv.mjs", join(directory, "profsrv.mjs"));
await chmod(join(directory, "profsrv.mjs"), 0o755);
const windows = process.platform === "win32";
const options = ["--pack-destination", "..", "--loglevel=error", "--no-update-notifier"];
await promisify(execFile)(windows ? "npm.cmd" : "npm", ["pack", ...options], {
  cwd: directory,
  shell: windows,
});
