import assert from "node:assert/strict";
import { ownName } from "../../src/cli/own_name.ts";

const cases: readonly [argv0: string, env: Record<string, string>, name: string][] = [
  ["profsrv", {}, "profsrv"],
  ["node", {}, "profsrv"],
  ["/usr/bin/node", {}, "profsrv"],
  ["./profsrv-0.1.0-linux-x64", {}, "./profsrv-0.1.0-linux-x64"],
  ["dist/profsrv", {}, "dist/profsrv"],
  ["/opt/my tools/profsrv", {}, "'/opt/my tools/profsrv'"],
  ["node", { npm_command: "exec", npm_lifecycle_event: "npx" }, "npx profsrv"],
  // A script of package.json starts an installed one.
  ["node", { npm_command: "run-script", npm_lifecycle_event: "profile" }, "profsrv"],
];
for (const [argv0, env, name] of cases) {
  Deno.test(`the commands that profsrv names begin with ${name}: ${argv0} ${JSON.stringify(env)}`, () => {
    assert.equal(ownName({ argv0, env, platform: "linux" }), name);
  });
}
