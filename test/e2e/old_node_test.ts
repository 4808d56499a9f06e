/** A Node that is too old for the agent starts and serves as if alone, and profsrv says so in one line. */
import assert from "node:assert/strict";
import { runtime } from "../../build/runtimes.ts";
import { appPath, ask, forms, profiled, Started } from "../support/profiled.ts";

const VERSIONS = ["8.17.0", "10.24.1", "12.22.12", "14.21.3", "16.20.2"];

/** Where the machine is not the one that these versions are known for, there are none. */
for (const version of Deno.env.get("MATRIX") === "all" ? VERSIONS : ["14.21.3"]) {
  const path = await runtime({ kind: "node", version });
  Deno.test({
    name: `a server on node ${version} runs as if alone, and that is said once`,
    ignore: path === undefined,
    async fn() {
      const command = [path!, appPath("old.js")];
      const use = async (started: Started) => {
        const port = Number((await started.printed(/port (\d+)/))[1]);
        assert.equal((await ask(port, "/")).body, `v${version} without`);
        started.kill("SIGTERM");
      };
      const alone = new Started(command);
      await use(alone);
      const run = await profiled(command, use);
      const { stdout, stderr, code } = await alone.ended;
      const withoutPort = (text: string) => text.replace(/port \d+/, "port");
      assert.deepEqual([withoutPort(run.stdout), run.code], [withoutPort(stdout), code]);
      const [first, ...said] = run.stderr.split("\n");
      assert.match(first!, /^profsrv: profiles go to /);
      assert.deepEqual(said, [
        `profsrv: Node ${version} ran in the command: nothing of it is profiled, Node 18 is the oldest that can be.`,
        `profsrv: nothing was profiled: no server listened on Node 18 or newer; the command ran Node ${version}.`,
        stderr,
      ]);
    },
  });
  Deno.test({
    name: `what starts and ends on node ${version} below another node is as if alone`,
    ignore: path === undefined,
    async fn() {
      const script = `require("child_process").execFileSync(${
        JSON.stringify(path)
      }, ["-p", "1"], { stdio: "inherit" })`;
      const { code, stdout, stderr } = await new Started([
        ...forms.executable,
        "--quiet",
        "node",
        "-e",
        script,
      ])
        .ended;
      assert.deepEqual([code, stdout, stderr], [0, "1\n", ""]);
    },
  });
}
