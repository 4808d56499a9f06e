import assert from "node:assert/strict";
import schema from "speedscope/dist/release/file-format-schema.json" with { type: "json" };
import { type Schema, schemaErrors } from "./json_schema.ts";

const sound = {
  $schema: "https://www.speedscope.app/file-format-schema.json",
  shared: { frames: [{ name: "a" }] },
  profiles: [{
    type: "evented",
    name: "",
    unit: "none",
    startValue: 0,
    endValue: 1,
    events: [{ type: "O", frame: 0, at: 0 }],
  }],
};
const profile = sound.profiles[0]!;
const broken: readonly [string, unknown, string][] = [
  ["a missing part", { $schema: sound.$schema, profiles: [] }, "file has no shared"],
  [
    "another schema",
    { ...sound, $schema: "x" },
    "file.$schema is not https://www.speedscope.app/file-format-schema.json",
  ],
  ["a frame without name", { ...sound, shared: { frames: [{}] } }, "file.shared.frames[0] has no name"],
  [
    "an unknown unit",
    { ...sound, profiles: [{ ...profile, unit: "us" }] },
    "file.profiles[0] fits none of the alternatives",
  ],
  [
    "an unknown event",
    { ...sound, profiles: [{ ...profile, events: [{ type: "X" }] }] },
    "file.profiles[0] fits none of the alternatives",
  ],
];
for (const [what, file, error] of broken) {
  Deno.test(`the check against speedscope's schema finds ${what}`, () => {
    assert.deepEqual(schemaErrors(sound, schema as Schema), []);
    assert.deepEqual(schemaErrors(file, schema as Schema), [error]);
  });
}
