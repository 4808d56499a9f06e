/** Programs for Linux on arm64, run by Debian's qemu-user with the libraries of its cross compiler. */
import { access, writeFile } from "node:fs/promises";

const LIBRARIES = "/usr/aarch64-linux-gnu";
const QEMU = "/usr/bin/qemu-aarch64";

/** Why programs for arm64 are not run; undefined if they are. */
export async function whyNoArm64(): Promise<string | undefined> {
  for (const path of [QEMU, `${LIBRARIES}/lib/libatomic.so.1`, `${LIBRARIES}/lib/libstdc++.so.6`]) {
    if (!await access(path).then(() => true, () => false)) return `there is no ${path}`;
  }
  return undefined;
}

/** The words that run a program for arm64. */
export function onArm64(program: string): string[] {
  return [QEMU, "-L", LIBRARIES, program];
}

/** Makes a file that runs a program for arm64 as if it were one of this machine. */
export async function writeArm64Program(path: string, program: string): Promise<void> {
  await writeFile(path, `#!/bin/sh\nexec ${onArm64(`'${program}'`).join(" ")} "$@"\n`, { mode: 0o755 });
}
