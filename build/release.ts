/** Makes dist/release of the executables in dist and the npm package: files and archives under their public names, lists, sums. */
import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { copyFile, mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import config from "../deno.json" with { type: "json" };
import { bundledPackages, licencesText } from "./bundled_packages.ts";
import { insideSpeedscope } from "./inside_speedscope.ts";
import { manPage } from "./man_page.ts";
import { fetchBinary } from "./npm_binary.ts";
import { type ArchivedFile, tarGzOf, zipOf } from "./release_archives.ts";
import { npmPackage, platform, runtime, toolsDirectory } from "./runtimes.ts";
import { sbomText } from "./sbom.ts";
import { nodeVersion } from "./single_executable.ts";

const directory = "dist/release";
const base = `profsrv-${config.version}`;
const node = { kind: "node", version: nodeVersion } as const;

/** Node's name of a platform, and the name that its users know. */
const platforms = [
  ["linux-x64", "linux-x64"],
  ["linux-arm64", "linux-arm64"],
  ["darwin-x64", "macos-x64"],
  ["darwin-arm64", "macos-arm64"],
  ["win32-x64", "windows-x64"],
] as const;

/** Node's licence, and those of all that it is made of; it is the same for every platform. */
async function licenceOfNode(): Promise<Uint8Array> {
  const path = join(toolsDirectory, "runtimes", `node-${nodeVersion}`, "LICENSE");
  await fetchBinary({ ...npmPackage(node, "linux-x64")!, file: "LICENSE" }, path);
  return await readFile(path);
}

async function filesForAll(): Promise<ArchivedFile[]> {
  const licences = licencesText(await bundledPackages(), (await insideSpeedscope()).text);
  const texts: [string, Uint8Array][] = [
    ["README.md", await readFile("README.md")],
    ["profsrv.1", new TextEncoder().encode(manPage())],
    ["LICENSE", await readFile("LICENSE")],
    ["LICENSE-node.txt", await licenceOfNode()],
    ["THIRD-PARTY-LICENSES.txt", new TextEncoder().encode(licences)],
  ];
  return texts.map(([path, bytes]) => ({ path, bytes, isProgram: false }));
}

async function sbom(): Promise<string> {
  const print = ["-p", "JSON.stringify(process.versions)"];
  const { stdout } = await promisify(execFile)((await runtime(node, platform))!, print, { env: {} });
  const nodes = platforms.map(([on]) => {
    const { package: name, version, integrity } = npmPackage(node, on)!;
    return { name, version, integrity };
  });
  return sbomText({
    packages: await bundledPackages(),
    inside: (await insideSpeedscope()).packages,
    nodes,
    nodeVersions: JSON.parse(stdout),
  });
}

/** How long an executable takes to print its version, in milliseconds: the median of several times. */
async function startTime(program: string): Promise<number> {
  const times: number[] = [];
  for (let left = 9; left > 0; left--) {
    const before = performance.now();
    await promisify(execFile)(program, ["--version"]);
    times.push(performance.now() - before);
  }
  return times.sort((a, b) => a - b)[4]!;
}

async function sums(): Promise<string> {
  const lines = (await readdir(directory)).sort().map(async (name) => {
    const sum = createHash("sha256").update(await readFile(join(directory, name))).digest("hex");
    return `${sum}  ${name}\n`;
  });
  return (await Promise.all(lines)).join("");
}

await rm(directory, { recursive: true, force: true });
await mkdir(directory, { recursive: true });
const shared = await filesForAll();
// All at once: zlib packs each on a core of its own, as far as there are cores.
const made = platforms.map(async ([on, name]) => {
  const isWindows = on.startsWith("win32");
  const suffix = isWindows ? ".exe" : "";
  const bytes = await readFile(`dist/profsrv-${on}${suffix}`);
  await writeFile(join(directory, `${base}-${name}${suffix}`), bytes, { mode: 0o755 });
  const files = [{ path: `profsrv${suffix}`, bytes, isProgram: true }, ...shared]
    .map((it) => ({ ...it, path: `${base}-${name}/${it.path}` }));
  const archive = isWindows ? zipOf(files) : await tarGzOf(files);
  await writeFile(join(directory, `${base}-${name}${isWindows ? ".zip" : ".tar.gz"}`), archive);
  const megabytes = (it: Uint8Array) => `${Math.round(it.length / 1e6)} MB`;
  return { on, name, suffix, sizes: `${megabytes(bytes)}, packed ${megabytes(archive)}` };
});
for (const { on, name, suffix, sizes } of await Promise.all(made)) {
  const program = `${base}-${name}${suffix}`;
  const starts = on === platform
    ? `, starts in ${Math.round(await startTime(join(directory, program)))} ms`
    : "";
  console.log(`${program}: ${sizes}${starts}`);
}
await copyFile(`dist/${base}.tgz`, join(directory, `${base}.tgz`));
await writeFile(join(directory, `${base}.cdx.json`), await sbom());
await writeFile(join(directory, "SHA256SUMS"), await sums());
