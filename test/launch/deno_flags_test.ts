/** Which word of a Deno command line is a flag's value: as the help of each supported Deno says. */
import { deepEqual, equal } from "node:assert/strict";
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { readDenoCommand, takesNext } from "../../src/launch/deno_flags.ts";
import { runtimes } from "../support/runtimes.ts";

/** A flag in the help: its letter, its name, and how its value is given, if it takes one. */
const FLAG = /^ +(?:(-\w), )?(--[a-z][\w-]*)((?:=| | ?\[=?|\[=)<?[A-Za-z][\w-]*>?)?/gm;

async function helpOf(deno: string, subcommand: string): Promise<string> {
  const say = async (help: string) => {
    const { stdout } = await promisify(execFile)(deno, [subcommand, help], { env: { NO_COLOR: "1" } });
    return stdout;
  };
  // Up to 2.8 the short help leaves flags out; later there is one only.
  return await say("--help=full").catch(() => say("--help"));
}

for (const { kind, version, path } of await runtimes()) {
  if (kind !== "deno") continue;
  for (const subcommand of ["run", "serve", "task"]) {
    Deno.test(`the flags of "deno ${subcommand}" take their values as the help of deno ${version} says`, async () => {
      const wrong: string[] = [];
      let seen = 0;
      for (const [, letter, name, value = ""] of (await helpOf(path, subcommand)).matchAll(FLAG)) {
        seen++;
        if (value.startsWith("=")) continue; // Deno refuses a value in the next word.
        for (const flag of [letter, name].filter((it) => it !== undefined)) {
          if (takesNext(flag, "word") !== value.startsWith(" ")) wrong.push(`${flag}${value}`);
        }
      }
      deepEqual(wrong, []);
      equal(seen > 8, true, `${seen} flags`);
    });
  }
}

/** Command lines, and the script that each of them runs. */
const scripts: readonly (readonly [line: string, script: string])[] = [
  ["run --lock my.lock main.ts", "main.ts"],
  ["run --lock=my.lock main.ts", "main.ts"],
  ["run --lock -A main.ts", "main.ts"],
  ["run --lock --config c.json main.ts", "main.ts"],
  ["serve --port 1 --host ::1 --lock my.lock main.ts", "main.ts"],
  ["run -Ac c.json main.ts", "main.ts"],
  ["run -cc.json main.ts", "main.ts"],
  ["run -Linfo main.ts", "main.ts"],
  ["run -qL info main.ts", "main.ts"],
  ["-L info run main.ts", "main.ts"],
  ["run --import x.ts main.ts", "main.ts"],
  ["run --watch-exclude main.ts x.ts", "main.ts"],
  ["task -j 4 dev", "dev"],
  ["task --jobs 4 --cwd sub dev", "dev"],
];

for (const [line, script] of scripts) {
  Deno.test(`"deno ${line}" is about ${script}`, () => {
    const args = line.split(" ");
    equal(args[readDenoCommand(args).scriptAt], script);
  });
}

Deno.test("letters behind one with a value are its value, and permit nothing", () => {
  const { permissions, allowsAll, namesConfig } = readDenoCommand(["run", "-cARE.json", "main.ts"]);
  deepEqual([permissions.read.all, permissions.env.all, allowsAll, namesConfig], [false, false, false, true]);
});
