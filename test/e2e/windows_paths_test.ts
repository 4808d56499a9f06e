/** Paths on Windows, below wine: what docs/windows.md says of them. */
import assert from "node:assert/strict";
import { copyFile, mkdir, mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runtime } from "../../build/runtimes.ts";
import { appPath, ask } from "../support/profiled.ts";
import { missing } from "../support/runtimes.ts";
import { executable } from "../support/windows.ts";
import { whyNoWine, windowsPath, WindowsProgram } from "../support/wine.ts";

async function registerTests(): Promise<void> {
  const exe = await windowsPath(executable);

  Deno.test("on Windows paths may have spaces, any letters, slashes and a small drive letter", async () => {
    const folder = await mkdtemp(join(tmpdir(), "wíndows 日本-"));
    try {
      const [temporary, local] = ["témp dir", "löcal"].map((it) => join(folder, it)) as [string, string];
      for (const it of [temporary, local]) await mkdir(it);
      await copyFile(appPath("endings.cjs"), join(folder, "é ndings.cjs"));
      const node = await runtime({ kind: "node", version: "20.20.2" }, "win32-x64");
      await copyFile(node!, join(folder, "nödë.exe"));
      const slashes = async (path: string) =>
        (await windowsPath(path)).replaceAll("\\", "/").replace("Z", "z");
      const TEMP = await slashes(temporary);
      const program = await WindowsProgram.start([exe, "--", "./nödë", "é ndings.cjs"], {
        cwd: folder,
        env: { TEMP, TMP: TEMP, LOCALAPPDATA: await slashes(local) },
      });
      const port = Number((await program.printed(/port (\d+)/))[1]);
      await ask(port, "/close");
      const { code, stderr } = await program.ended;
      assert.equal(code, 0, stderr);
      assert.match(stderr, /profiles go to z:\\.*\\wíndows 日本-\w+\\témp dir\\profsrv-/);
      assert.deepEqual(await readdir(local), ["profsrv"]);
      const [run = "", ...others] = await readdir(temporary);
      assert.deepEqual(others, []);
      assert.match((await readdir(join(temporary, run))).join(), /\bclose\.\d+ms\.\d+\.cpuprofile\b/);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });

  for (const [path, reason] of [["a/NUL", "keeps"], ["x?y", "takes"], ["C:\\x. ", "takes"]] as const) {
    Deno.test(`on Windows no directory "${path}" is made`, async () => {
      const options = ["--prof-path", path, "--", exe, "--version"];
      const { code, stdout, stderr } = await (await WindowsProgram.start([exe, ...options])).ended;
      assert.deepEqual([code, stdout], [2, ""]);
      assert.match(stderr, new RegExp(`^profsrv: --prof-path ".*": Windows ${reason} .*\\n$`));
    });
  }
}

const reason = await whyNoWine();
if (reason === undefined) await registerTests();
else missing("paths on Windows", reason);
