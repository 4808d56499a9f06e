/** A root directory that holds a program, the libraries that the program names, and nothing else. */
import { execFile } from "node:child_process";
import { cp, mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

/** How a program ended in such a root. */
export interface EndedInRoot {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface EmptyRoot {
  readonly directory: string;
  /** The names of the libraries in it. */
  readonly libraries: readonly string[];
  /** Copies a file or a directory of this machine to a path in the root. */
  add(from: string, to: string): Promise<void>;
  run(command: readonly string[]): Promise<EndedInRoot>;
}

/** Makes a root for a program, as `/` and its name, for as long as `use` needs it. As root of this machine. */
export async function inEmptyRoot(program: string, use: (root: EmptyRoot) => Promise<void>): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), "empty-root-"));
  const add = async (from: string, to: string): Promise<void> => {
    await mkdir(dirname(join(directory, to)), { recursive: true });
    await cp(from, join(directory, to), { recursive: true, dereference: true });
  };
  try {
    const paths = (await run("ldd", [program])).stdout.match(/(?<=\s)\/\S+/g) ?? [];
    for (const path of paths) await add(path, path);
    await add(program, basename(program));
    await mkdir(join(directory, "tmp"));
    await use({
      directory,
      libraries: paths.map((it) => basename(it)).sort(),
      add,
      run: ([file = "", ...words]) =>
        run("chroot", [directory, file, ...words], { env: {} }).then(
          ({ stdout, stderr }) => ({ code: 0, stdout, stderr }),
          ({ code, stdout, stderr }) => ({ code, stdout, stderr }),
        ),
    });
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}
