import assert from "node:assert/strict";
import { coloured, paintFor, plain } from "../../src/cli/colours.ts";

const table: [terminal: boolean, env: Record<string, string>, colours: boolean][] = [
  [true, {}, true],
  [false, {}, false],
  [true, { TERM: "dumb" }, false],
  [true, { NO_COLOR: "1" }, false],
  [true, { NO_COLOR: "" }, true],
  [false, { FORCE_COLOR: "1" }, true],
  [false, { FORCE_COLOR: "" }, false],
  [true, { FORCE_COLOR: "0" }, false],
  [true, { FORCE_COLOR: "false" }, false],
  [true, { FORCE_COLOR: "1", NO_COLOR: "1" }, false],
];

for (const [terminal, env, colours] of table) {
  const where = terminal ? "a terminal" : "a pipe";
  Deno.test(`${where} with ${JSON.stringify(env)} gets ${colours ? "colours" : "no colours"}`, () => {
    assert.equal(paintFor(terminal, env), colours ? coloured : plain);
  });
}
