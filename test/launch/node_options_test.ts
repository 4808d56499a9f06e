import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { quoteNodeOption, requireAgent, splitNodeOptions } from "../../src/launch/node_options.ts";
import { optionsFromFiles } from "../../src/launch/option_files.ts";
import { runtimes } from "../support/runtimes.ts";

const names = ["plain", "with space", "  two  ", "ünïcödé 日本", "dollar$HOME", "per%cent", "tab\there"];
if (process.platform !== "win32") {
  names.push('quo"te', "it's", "back\\slash", "end\\", '\\"', "new\nline", "-r");
}

for (const { kind, version, path } of await runtimes()) {
  if (kind !== "node") continue;
  for (const name of names) {
    Deno.test(`node ${version} loads a file in a directory called ${JSON.stringify(name)}, before the user's`, () => {
      const root = mkdtempSync(join(tmpdir(), "launch-"));
      try {
        const folder = join(root, name);
        mkdirSync(folder);
        writeFileSync(join(folder, "agent.cjs"), "console.log('agent')");
        writeFileSync(join(root, "us er.cjs"), "console.log('user')");
        const installed = join(root, "node_modules", "user-package");
        mkdirSync(installed, { recursive: true });
        writeFileSync(join(installed, "index.js"), "console.log('package', module.parent.id)");
        const both = join(folder, "both.cjs");
        const users = '--require "./us er.cjs" --no-warnings -r user-package';
        const { text: NODE_OPTIONS, file } = requireAgent(join(folder, "agent.cjs"), users, () => both);
        writeFileSync(both, file!.text);
        const output = execFileSync(path, ["-e", "console.log('main')"], {
          cwd: root,
          env: { ...process.env, NODE_OPTIONS },
          encoding: "utf8",
        });
        assert.deepEqual(output.trim().split(/\r?\n/), ["agent", "user", "package internal/preload", "main"]);
      } finally {
        rmSync(root, { recursive: true });
      }
    });
  }
}

/** Where Windows keeps temporary files: `%TEMP%` of users with odd names, short names, a share. */
const windowsFolders = [
  "C:\\Users\\RUNNER~1\\AppData\\Local\\Temp",
  "C:\\Users\\Jürgen Müller\\AppData\\Local\\Temp",
  "D:\\t e m p\\ %TEMP%\\new\\temp",
  "\\\\server\\share\\temp",
];

for (const { kind, version, path } of await runtimes()) {
  if (kind !== "node") continue;
  Deno.test(`node ${version} reads the agent's path on Windows as it is`, () => {
    for (const folder of windowsFolders) {
      const file = `${folder}\\profsrv-spool-Ab12Cd\\agent.cjs`;
      // There is no such file here: node says which one it looked for.
      const { stderr, status } = spawnSync(path, ["-e", "0"], {
        env: { ...process.env, NODE_OPTIONS: requireAgent(file, "--no-warnings", () => "").text },
        encoding: "utf8",
      });
      assert.equal(status, 1);
      assert.ok(stderr.includes(`Cannot find module '${file}'`), stderr);
    }
  });
}

/** Texts, and the words that Node reads in them; undefined where it refuses the text. */
const splits: readonly (readonly [text: string, words: readonly string[] | undefined])[] = [
  ["", []],
  ["  a   b ", ["a", "b"]],
  ['"a b" c', ["a b", "c"]],
  ['a"b c"d', ["ab cd"]],
  ['"a\\"b"', ['a"b']],
  ["a\\b", ["a\\b"]],
  ['"a\\\\b"', ["a\\b"]],
  ['"a', undefined],
  ['"a\\', undefined],
];

for (const [text, words] of splits) {
  Deno.test(`NODE_OPTIONS ${JSON.stringify(text)} are split as Node does`, () => {
    assert.deepEqual(splitNodeOptions(text), words);
    if (words !== undefined) assert.deepEqual(splitNodeOptions(words.map(quoteNodeOption).join(" ")), words);
  });
}

/** NODE_OPTIONS of the user, and what becomes of them: with one file for all that is required. */
const folded: readonly (readonly [users: string, text: string, loads: readonly string[]])[] = [
  ["--require a.cjs", "--require /c/both.cjs", ["a.cjs"]],
  ["-r a.cjs --title=x --require=b.cjs", "--require /c/both.cjs --title=x", ["a.cjs", "b.cjs"]],
  ["--import a.mjs -r b.cjs", "--require /c/both.cjs --import a.mjs", ["b.cjs"]],
  ["--import a.mjs", "--require /c/agent.cjs --import a.mjs", []],
  ["--require", "--require /c/agent.cjs --require", []],
  ["-r --title=x", "--require /c/agent.cjs -r --title=x", []],
  ['-r "./open', '--require /c/agent.cjs -r "./open', []],
];

for (const [users, expected, loads] of folded) {
  Deno.test(`NODE_OPTIONS "${users}" become "${expected}"`, () => {
    const { text, file } = requireAgent("/c/agent.cjs", users, () => "/c/both.cjs");
    assert.equal(text, expected);
    const loaded = [...(file?.text ?? "").matchAll(/^load\("(.*)"\);$/gm)].map(([, name]) => name);
    assert.deepEqual(loaded, loads);
  });
}

const files: Readonly<Record<string, string>> = {
  ".env": 'A=1\nNODE_OPTIONS="--title=mine --require ./pre.cjs" # comment\n',
  "other.env": "NODE_OPTIONS=--title=other",
  "none.env": "A=1",
  "node.config.json":
    '{ "nodeOptions": { "title": "my name", "import": ["./a.mjs", "./b.mjs"], "warnings": false, "max-http-header-size": 9 } }',
  "broken.json": "{",
  "null.json": "null",
};

/** Node's own words on the command line, and the NODE_OPTIONS that it would take from files. */
const fromFiles: readonly (readonly [words: string, options: string | undefined])[] = [
  ["--env-file=.env", "--title=mine --require ./pre.cjs"],
  ["--env-file .env", "--title=mine --require ./pre.cjs"],
  ["--env-file-if-exists=missing.env", undefined],
  ["--env-file=.env --env-file=other.env", "--title=other"],
  ["--env-file=.env --env-file=none.env", "--title=mine --require ./pre.cjs"],
  [
    "--experimental-default-config-file",
    '"--title=my name" --import=./a.mjs --import=./b.mjs --no-warnings --max-http-header-size=9',
  ],
  ["--experimental-config-file=broken.json", undefined],
  ["--experimental-config-file null.json", undefined],
  ["--no-warnings", undefined],
];

for (const [words, options] of fromFiles) {
  Deno.test(`of files that "node ${words}" reads, NODE_OPTIONS become ${options}`, () => {
    const found = optionsFromFiles({ words: words.split(" "), readText: (path) => files[path] });
    assert.equal(found.options, options ?? "");
  });
}
