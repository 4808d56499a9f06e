import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { exitCodeOf } from "../../src/launch/child_exit.ts";
import { type FileKind, findCommand, kindOfFile } from "../../src/launch/lookup.ts";

const files: Record<string, FileKind> = {
  "/bin/node": "executable",
  "/usr/bin/node": "executable",
  "/bin/text": "file",
  "/usr/bin/text": "executable",
  "/bin/only": "file",
  "/bin/folder": "directory",
  "here": "executable",
  "./server": "executable",
  "./readme": "file",
  "./dir": "directory",
  "/root/secret": "hidden",
  "/bin/hidden": "hidden",
};

function find(word: string, env: Record<string, string>) {
  return findCommand(word, { env, platform: "linux", kindOf: (path) => files[path] ?? "missing" });
}

/** A word, PATH, and the file or what is said and the code. */
const table: [word: string, path: string | undefined, expected: string | [sentence: string, code: number]][] =
  [
    ["node", "/usr/bin:/bin", "/usr/bin/node"],
    ["node", "/nowhere:/bin", "/bin/node"],
    ["node", undefined, "/bin/node"],
    ["text", "/bin:/usr/bin", "/usr/bin/text"],
    ["here", "/bin::/usr/bin", "here"],
    ["here", "/bin:/usr/bin", ['Cannot run "here": no such command', 127]],
    ["./server", "", "./server"],
    ["nope", "/bin", ['Cannot run "nope": no such command', 127]],
    ["", "/bin", ['Cannot run "": no such command', 127]],
    ["--quiet", "/bin", ['Cannot run "--quiet": no such command', 127]],
    ["folder", "/bin", ['Cannot run "folder": no such command', 127]],
    ["hidden", "/bin", ['Cannot run "hidden": no such command', 127]],
    ["./nope", "/bin", ['Cannot run "./nope": no such file', 127]],
    ["only", "/bin", ['Cannot run "only": it is not executable', 126]],
    ["./readme", "/bin", ['Cannot run "./readme": it is not executable', 126]],
    ["./dir", "/bin", ['Cannot run "./dir": it is a directory', 126]],
    ["/root/secret", "/bin", ['Cannot run "/root/secret": permission denied', 126]],
  ];

for (const [word, path, expected] of table) {
  const outcome = typeof expected === "string" ? expected : `${expected[0]}, ${expected[1]}`;
  Deno.test(`"${word}" with PATH ${path} is ${outcome}`, () => {
    const found = find(word, path === undefined ? {} : { PATH: path });
    if ("failed" in found) assert.deepEqual([found.text, exitCodeOf(found, "linux")], expected);
    else assert.equal(found.file, expected);
  });
}

const windowsFiles = [
  "C:\\n\\node.exe",
  "C:\\n\\npm.cmd",
  "C:\\n\\npm",
  ".\\here.bat",
  "C:\\p\\x.js",
  "D:\\run.exe",
];
const windowsTable: [word: string, file: string | undefined][] = [
  ["node", "C:\\n\\node.exe"],
  ["NODE.EXE", "C:\\n\\node.exe"],
  ["npm", "C:\\n\\npm.cmd"],
  ["here", ".\\here.bat"],
  ["D:\\run", "D:\\run.exe"],
  ["D:/run.exe", "D:\\run.exe"],
  ["C:\\p\\x.js", undefined],
  ["nope", undefined],
];

for (const [word, file] of windowsTable) {
  Deno.test(`on Windows "${word}" is ${file ?? "not found"}`, () => {
    const same = (path: string) => path.replaceAll("/", "\\").replace(/^(?!\.|[A-Z]:)/, ".\\").toLowerCase();
    const found = findCommand(word, {
      env: { Path: "C:\\n;;C:\\p", PathExt: ".COM;.EXE;.BAT;.CMD" },
      platform: "win32",
      kindOf: (path) => windowsFiles.some((it) => same(it) === same(path)) ? "executable" : "missing",
    });
    assert.equal("file" in found ? same(found.file) : undefined, file?.toLowerCase());
  });
}

/** PATH, a word, what is there, and the file or what is said and the code. */
const windowsPaths: [
  path: string,
  word: string,
  there: Record<string, FileKind>,
  expected: string | [sentence: string, code: number],
][] = [
  [
    '"C:\\Program Files\\n";C:\\p',
    "node",
    { "C:\\Program Files\\n\\node.exe": "executable" },
    "C:\\Program Files\\n\\node.exe",
  ],
  ['C:\\p;"C:\\a;b"', "node", { "C:\\a;b\\node.exe": "executable" }, "C:\\a;b\\node.exe"],
  [
    'C:\\p\\"my dir"\\n',
    "node",
    { "C:\\p\\my dir\\n\\node.exe": "executable" },
    "C:\\p\\my dir\\n\\node.exe",
  ],
  ['C:\\p;"C:\\open', "node", { "C:\\open\\node.exe": "executable" }, "C:\\open\\node.exe"],
  ["C:\\n", "node", { "node.js": "executable", "C:\\n\\node.exe": "executable" }, "C:\\n\\node.exe"],
  ["C:\\n", "node", { "node.js": "executable" }, ['Cannot run "node": no such command', 127]],
  ["C:\\n", "next.js", { "C:\\n\\next.js.cmd": "executable" }, "C:\\n\\next.js.cmd"],
  ["C:\\n", "a.com", { "C:\\n\\a.com.cmd": "executable" }, "C:\\n\\a.com.cmd"],
  ["", "./bin/next.cmd", { "bin\\next.cmd": "executable" }, "bin\\next.cmd"],
  ["", "C:\\p\\x.js", { "C:\\p\\x.js": "executable" }, [
    'Cannot run "C:\\p\\x.js": it is not executable',
    126,
  ]],
  ["", ".\\bin", { ".\\bin": "directory" }, ['Cannot run ".\\bin": it is a directory', 126]],
];

for (const [path, word, there, expected] of windowsPaths) {
  const outcome = typeof expected === "string" ? expected : `${expected[0]}, ${expected[1]}`;
  Deno.test(`on Windows "${word}" with PATH ${path} and ${Object.keys(there)} is ${outcome}`, () => {
    const found = findCommand(word, {
      // As Windows has it by default.
      env: { Path: path, PATHEXT: ".COM;.EXE;.BAT;.CMD;.VBS;.VBE;.JS;.JSE;.WSF;.WSH;.MSC" },
      platform: "win32",
      kindOf: (it) => there[it] ?? "missing",
    });
    if ("failed" in found) assert.deepEqual([found.text, exitCodeOf(found, "win32")], expected);
    else assert.equal(found.file, expected);
  });
}

Deno.test("on Windows a variable keeps programs of the current directory from being found, as in its own shell", () => {
  const found = findCommand("node", {
    env: { Path: "C:\\n", NoDefaultCurrentDirectoryInExePath: "1" },
    platform: "win32",
    kindOf: (it) => ["node.exe", "C:\\n\\node.exe"].includes(it) ? "executable" : "missing",
  });
  assert.deepEqual(found, { file: "C:\\n\\node.exe" });
});

Deno.test({
  name: "what stands on the disk is told apart",
  ignore: process.platform === "win32",
  fn() {
    const root = mkdtempSync(join(tmpdir(), "launch-"));
    try {
      writeFileSync(join(root, "run"), "", { mode: 0o755 });
      writeFileSync(join(root, "text"), "", { mode: 0o644 });
      mkdirSync(join(root, "dir"));
      symlinkSync("run", join(root, "link"));
      symlinkSync("gone", join(root, "dangling"));
      symlinkSync("loop", join(root, "loop"));
      const kinds = ["run", "text", "dir", "link", "dangling", "loop", "text/x"].map((it) =>
        kindOfFile(join(root, it))
      );
      assert.deepEqual(kinds, [
        "executable",
        "file",
        "directory",
        "executable",
        "missing",
        "missing",
        "missing",
      ]);
      assert.equal(kindOfFile("/dev/null"), "file");
    } finally {
      rmSync(root, { recursive: true });
    }
  },
});
