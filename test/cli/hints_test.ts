import assert from "node:assert/strict";
import { behindText, failedText } from "../../src/cli/hints.ts";
import { RUN } from "../../src/cli/options.ts";
import { optionsBehind } from "../../src/cli/split.ts";

const NONE = "Cannot run it: no such command";

/** A command that cannot be run, whether its first word is a file, and what is said. */
const table: [command: string[], isFile: boolean, text: string][] = [
  [["server.js"], true, 'Cannot run "server.js": it is a script, started by profsrv node server.js'],
  [
    ["./a b/server.mjs"],
    true,
    'Cannot run "./a b/server.mjs": it is a script, started by profsrv node ./a b/server.mjs',
  ],
  [
    ["server.ts"],
    true,
    'Cannot run "server.ts": it is a script, started by profsrv npx tsx server.ts or profsrv deno run -A server.ts',
  ],
  [["server.js"], false, NONE],
  [["reprot"], false, `${NONE}; did you mean profsrv report?`],
  [["Convert", "x"], false, `${NONE}; did you mean profsrv convert?`],
  [["run", "node"], false, `${NONE}; profsrv runs a command without this word, as in profsrv node server.js`],
  [["banana"], false, NONE],
];

for (const [command, isFile, text] of table) {
  Deno.test(`profsrv ${command.join(" ")} (${isFile ? "a file" : "no file"}) is told what was meant`, () =>
    assert.equal(failedText(command, NONE, isFile), text));
}

Deno.test("options of ours behind the command are said to be the command's, each once", () => {
  const said = (...command: string[]) => behindText(optionsBehind(command, RUN));
  const own = "profsrv's own options stand before it";
  assert.equal(
    said("node", "s.js", "--prof-path", "x", "--prof-path=y"),
    `--prof-path stands behind the command, so it goes to the command; ${own}`,
  );
  assert.equal(
    said("node", "s.js", "--quiet", "--only=/a", "--interval"),
    `--interval, --only and --quiet stand behind the command, so they go to the command; ${own}`,
  );
  for (const word of ["--help", "--version", "-h", "--prof-paths", "--", "prof-path", "--cpu-prof"]) {
    assert.equal(said("node", "s.js", word), undefined, word);
  }
});
