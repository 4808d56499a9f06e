/** Files that are none, for tests of what must not hang, be read or be written. */
import { execFileSync } from "node:child_process";
import { linkSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Makes a thing of each kind at a path, and the words that it is refused with. `other` is a file of somebody's. */
export const specialFiles: readonly {
  readonly what: string;
  readonly refused: RegExp;
  make(path: string, other: string): void | Promise<() => void>;
}[] = [
  {
    what: "a FIFO",
    refused: /is a named pipe, not a file/,
    make: (path) => void execFileSync("mkfifo", [path]),
  },
  { what: "a socket", refused: /is a socket, not a file/, make: listenAt },
  { what: "a directory", refused: /is a directory, not a file/, make: (path) => void mkdirSync(path) },
  {
    what: "a link to a file",
    refused: /is a symbolic link/,
    make: (path, other) => symlinkSync(other, path),
  },
  {
    what: "a link to nowhere",
    refused: /is a symbolic link/,
    make: (path, other) => symlinkSync(`${other}-`, path),
  },
  {
    what: "a link to a device",
    refused: /is a symbolic link/,
    make: (path) => symlinkSync("/dev/zero", path),
  },
];

/** A second name of somebody's file. */
export const hardLink = {
  what: "a hard link",
  refused: /has a second name/,
  make: (path: string, other: string) => linkSync(other, path),
};

function listenAt(path: string): Promise<() => void> {
  const server = createServer();
  return new Promise((resolve) => server.listen(path, () => resolve(() => server.close())));
}

/** A directory of a test's own, and a file of somebody's beside it. */
export async function inDirectory(
  use: (directory: string, other: string) => void | Promise<void>,
): Promise<void> {
  const root = mkdtempSync(join(tmpdir(), "profsrv-test-"));
  try {
    mkdirSync(join(root, "in"));
    writeFileSync(join(root, "other"), OTHER);
    await use(join(root, "in"), join(root, "other"));
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

export const OTHER = "somebody's own\n";
