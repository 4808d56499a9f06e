/** The workflows of GitHub Actions cannot run here: actionlint reads them, and each action is named by its commit. */
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { installedProject } from "../support/projects.ts";
import { missing } from "../support/runtimes.ts";

const directory = join(import.meta.dirname!, "..", "..", ".github", "workflows");

/** Prints what actionlint says of the text on stdin. */
const LINT = `
const text = require("node:fs").readFileSync(0, "utf8");
import(require.resolve("actionlint").replace("node.cjs", "node.mjs"))
  .then(({ createLinter }) => createLinter())
  .then((lint) => console.log(JSON.stringify(lint(text, ".github/workflows/it.yml"))));
`;

const project = await installedProject("release_checks");
if (project === undefined) missing("the workflows in actionlint", "it is downloaded with MATRIX=all only");
else {
  const lint = async (text: string): Promise<string[]> => {
    const running = promisify(execFile)("node", ["-e", LINT], { cwd: project });
    running.child.stdin!.end(text);
    const found = JSON.parse((await running).stdout) as { message: string }[];
    // This actionlint is older than the permission.
    return found.map(({ message }) => message).filter((it) =>
      !it.startsWith(`unknown permission scope "attestations"`)
    );
  };

  Deno.test("actionlint finds nothing in the workflows, and finds a fault", async () => {
    for (const name of await readdir(directory)) {
      const text = await readFile(join(directory, name), "utf8");
      assert.deepEqual(await lint(text), [], name);
      const [fault = ""] = await lint(text.replace("runs-on:", "runs-off:"));
      assert.match(fault, /runs-o/);
    }
  });
}

Deno.test("each action in the workflows is named by its commit", async () => {
  for (const name of await readdir(directory)) {
    const used = (await readFile(join(directory, name), "utf8")).match(/(?<=uses: ).*/g) ?? [];
    assert.ok(used.length > 1);
    for (const it of used) assert.match(it, /^[\w-]+\/[\w-]+@[0-9a-f]{40} # v[\d.]+$/);
  }
});
