/** Programs that npm carries: named exactly, checked against a known digest, put in place whole. */
import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { access, mkdir, mkdtemp, readFile, rename, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import process from "node:process";
import { promisify } from "node:util";

/** One program inside one version of one package. */
export interface NpmBinary {
  readonly package: string;
  readonly version: string;
  /** Where the program lies inside the package. */
  readonly file: string;
  /** What the registry called `dist.integrity` when the version was chosen: `sha512-<base64>`. */
  readonly integrity: string;
}

const run = promisify(execFile);
const windows = process.platform === "win32";

/**
 * Makes sure the program is at `path` and says so on stderr when it has to be downloaded.
 * Any number of processes may ask at once: each downloads for itself, and the last one's rename wins.
 */
export async function fetchBinary(binary: NpmBinary, path: string): Promise<void> {
  if (await exists(path)) return;
  const { package: name, version } = binary;
  console.error(`downloading ${name}@${version} from npm (once)`);
  await mkdir(dirname(path), { recursive: true });
  const work = await mkdtemp(join(dirname(path), ".download-"));
  try {
    const archive = await download(`${name}@${version}`, work);
    const found = `sha512-${createHash("sha512").update(await readFile(archive)).digest("base64")}`;
    if (found !== binary.integrity) {
      throw new Error(`Cannot use ${name}@${version}: its digest is "${found}", not "${binary.integrity}"`);
    }
    await run("tar", ["-xzf", basename(archive), `package/${binary.file}`], { cwd: work });
    await rename(join(work, "package", binary.file), path);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

/** Downloads a package's archive into a directory, without reading or leaving anything in the user's home. */
async function download(spec: string, directory: string): Promise<string> {
  const cache = join(directory, "cache");
  const options = ["--cache", cache, "--json", "--loglevel=error", "--no-update-notifier"];
  try {
    const { stdout } = await run(windows ? "npm.cmd" : "npm", ["pack", spec, ...options], {
      cwd: directory,
      shell: windows,
    });
    return join(directory, archiveName(JSON.parse(stdout), spec));
  } catch (error) {
    const said = (error as { stderr?: string }).stderr?.trim().split("\n")[0];
    throw new Error(`Cannot download ${spec} from npm: ${said || (error as Error).message}`);
  }
}

/** The file name in what `npm pack --json` printed: a list of packages, from npm 12 on an object by name. */
function archiveName(printed: unknown, spec: string): string {
  const [first] = Object.values(printed as Record<string, { filename?: string }>);
  // npm 8 prints the scope's slash where the file has a dash.
  const name = first?.filename?.replace(/^@/, "").replace("/", "-");
  if (!name) throw new Error(`Cannot download ${spec} from npm: npm pack named no file`);
  return name;
}

function exists(path: string): Promise<boolean> {
  return access(path).then(() => true, () => false);
}
