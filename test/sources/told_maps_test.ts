import assert from "node:assert/strict";
import { ProcessSources, Sources } from "../../src/sources/mod.ts";
import { ScriptMap } from "../../src/sources/script_map.ts";
import { ToldMaps } from "../../src/sources/told_maps.ts";

/** A map of so many lines, all of which the source has, too. */
const mapOf = (source: string, lines = 1) => ({
  version: 3,
  sources: [source],
  names: [],
  mappings: "AAAA" + ";AACA".repeat(lines),
});

Deno.test("the maps of 60 processes of one program take the memory of one, and none when they have ended", () => {
  const sources = new Sources({ denoDirectory: undefined, onDebug: assert.fail });
  const frame = { name: "", url: "/src/a.js", line: 3, column: 0 };
  const processes = Array.from({ length: 60 }, () => new ProcessSources(sources));
  for (const it of processes) {
    for (let n = 0; n < 150; n++) it.tell(`/src/${n}.js`, mapOf("x.ts"));
    it.tell("/src/a.js", mapOf("a.ts", 9));
    assert.equal(it.originalOf(frame).url, "file:///src/a.ts");
  }
  assert.equal(sources.told.count, 151);
  for (const it of processes) it.release();
  assert.equal(sources.told.count, 0);
});

Deno.test("a map that is told anew takes the place of the one before", () => {
  const sources = new Sources({ denoDirectory: undefined, onDebug: assert.fail });
  const process = new ProcessSources(sources);
  for (const source of ["a.ts", "b.ts", "b.ts", "c.ts"]) process.tell("/src/a.js", mapOf(source));
  assert.equal(sources.told.count, 1);
  const told = process.originalOf({ name: "", url: "/src/a.js", line: 0, column: 0 });
  assert.equal(told.url, "file:///src/c.ts");
});

Deno.test("beyond a limit the maps told first are given up", () => {
  const told = new ToldMaps(5000);
  const held = Array.from({ length: 5 }, (_, n) => {
    const map = mapOf(`${n}.ts`, 20);
    return told.hold(`/${n}.js`, map, () => new ScriptMap(map, `file:///${n}.js`));
  });
  assert.deepEqual(held.map(({ map }) => map !== undefined), [false, false, true, true, true]);
  for (const it of held) told.release(it);
  assert.equal(told.count, 0);
});
