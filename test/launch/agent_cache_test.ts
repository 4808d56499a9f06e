/** The agent's file: where it lies, and that nobody else can change it. */
import assert from "node:assert/strict";
import {
  chmodSync,
  chownSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { agentCache, cacheDirectories, type CacheFacts, place } from "../../src/launch/agent_cache.ts";
import { contentName } from "../../src/launch/content_name.ts";
import { DirectoryError } from "../../src/launch/run_directory.ts";

const windows = process.platform === "win32";
const isRoot = process.getuid?.() === 0;
const NOBODY = 65534;

const facts: CacheFacts = { env: {}, platform: "linux", home: undefined, isRoot: false };

const rows: [what: string, known: Partial<CacheFacts>, directories: string[]][] = [
  ["XDG_CACHE_HOME", { env: { XDG_CACHE_HOME: "/x", HOME: "/h" } }, [
    "/x/profsrv/node_modules",
    "/h/.cache/profsrv/node_modules",
  ]],
  ["a relative XDG_CACHE_HOME", { env: { XDG_CACHE_HOME: "x", HOME: "/h" } }, [
    "/h/.cache/profsrv/node_modules",
  ]],
  ["HOME and the same home", { env: { HOME: "/h" }, home: "/h" }, ["/h/.cache/profsrv/node_modules"]],
  ["no HOME", { home: "/h" }, ["/h/.cache/profsrv/node_modules"]],
  ["an empty HOME", { env: { HOME: "" }, home: "/h" }, ["/h/.cache/profsrv/node_modules"]],
  ["root", { env: { HOME: "/root" }, isRoot: true }, [
    "/root/.cache/profsrv/node_modules",
    "/var/cache/profsrv/node_modules",
  ]],
  ["macOS", { platform: "darwin", env: { HOME: "/Users/a" } }, [
    "/Users/a/Library/Caches/profsrv/node_modules",
  ]],
  ["Windows", { platform: "win32", env: { LOCALAPPDATA: "C:\\l" } }, ["C:\\l\\profsrv\\node_modules"]],
  [
    "Windows without LOCALAPPDATA",
    { platform: "win32", env: { USERPROFILE: "C:\\u" } },
    ["C:\\u\\AppData\\Local\\profsrv\\node_modules"],
  ],
  [
    "Windows with a relative LOCALAPPDATA",
    { platform: "win32", env: { LOCALAPPDATA: "l", USERPROFILE: "C:x" }, home: "C:\\u" },
    ["C:\\u\\AppData\\Local\\profsrv\\node_modules"],
  ],
  [
    "Windows with both",
    { platform: "win32", env: { LOCALAPPDATA: "D:\\l", USERPROFILE: "C:\\u" }, home: "C:\\u" },
    ["D:\\l\\profsrv\\node_modules", "C:\\u\\AppData\\Local\\profsrv\\node_modules"],
  ],
  ["nothing", {}, []],
];

for (const [what, known, directories] of rows) {
  Deno.test(`with ${what} the agent may lie in ${directories.join(" or ") || "no directory"}`, () => {
    assert.deepEqual(cacheDirectories({ ...facts, ...known }), directories);
  });
}

/** Runs a test with a directory of its own as the user's cache. */
function inCache(use: (root: string) => void): () => void {
  return () => {
    const root = mkdtempSync(join(tmpdir(), "cache-"));
    const before = { ...process.env };
    Object.assign(process.env, { XDG_CACHE_HOME: join(root, "cache"), HOME: join(root, "home") });
    chmodSync(root, 0o755);
    try {
      use(root);
    } finally {
      for (const name of ["XDG_CACHE_HOME", "HOME"]) {
        if (before[name] === undefined) delete process.env[name];
        else process.env[name] = before[name];
      }
      rmSync(root, { recursive: true });
    }
  };
}

function modeOf(path: string): string {
  return (statSync(path).mode & 0o777).toString(8);
}

Deno.test(
  "the agent is one file that all may read and its owner may write, whatever the umask",
  { ignore: windows },
  inCache((root) => {
    mkdirSync(join(root, "cache"));
    const umask = process.umask(0o077);
    try {
      const directory = agentCache();
      assert.equal(directory, join(root, "cache", "profsrv", "node_modules"));
      const path = place(directory, "agent.cjs", "text");
      assert.equal(place(agentCache(), "agent.cjs", "text"), path);
      assert.equal(path, join(directory, contentName("agent.cjs", "text")));
      assert.deepEqual([modeOf(directory), modeOf(path)], ["755", "644"]);
      assert.deepEqual(readdirSync(directory).length, 1);
    } finally {
      process.umask(umask);
    }
  }),
);

/** What may stand in the agent's place: a new file with the right text replaces it, and nothing is written through it. */
const squatters: [what: string, squat: (path: string, other: string) => void][] = [
  ["another text", (path) => writeFileSync(path, "evil")],
  ["a part of the text", (path) => writeFileSync(path, "te")],
  ["a file that others may write", (path) => (writeFileSync(path, "text"), chmodSync(path, 0o666))],
  ["a link to another file", (path, other) => symlinkSync(other, path)],
  ["a link to nowhere", (path) => symlinkSync("/nowhere", path)],
];
if (isRoot) {
  squatters.push([
    "a file of another user",
    (path) => (writeFileSync(path, "text"), chownSync(path, NOBODY, NOBODY)),
  ]);
}

for (const [what, squat] of squatters) {
  Deno.test(
    `${what} in the agent's place is replaced`,
    { ignore: windows },
    inCache((root) => {
      const directory = agentCache();
      const other = join(root, "other");
      writeFileSync(other, "of somebody");
      squat(join(directory, contentName("agent.cjs", "text")), other);
      const path = place(directory, "agent.cjs", "text");
      assert.equal(readFileSync(path, "utf8"), "text");
      assert.ok(!statSync(path).isSymbolicLink() && modeOf(path) === "644");
      assert.equal(readFileSync(other, "utf8"), "of somebody");
      assert.deepEqual(readdirSync(directory).length, 1);
    }),
  );
}

Deno.test(
  "a cache in which others may write is not used, and the next is",
  { ignore: windows },
  inCache((root) => {
    mkdirSync(join(root, "cache"));
    mkdirSync(join(root, "cache", "profsrv", "node_modules"), { recursive: true });
    chmodSync(join(root, "cache", "profsrv", "node_modules"), 0o777);
    mkdirSync(join(root, "home"));
    assert.notEqual(agentCache(), join(root, "cache", "profsrv", "node_modules"));
    chmodSync(join(root, "cache", "profsrv", "node_modules"), 0o755);
    assert.equal(agentCache(), join(root, "cache", "profsrv", "node_modules"));
    chmodSync(join(root, "cache"), 0o777);
    assert.notEqual(agentCache(), join(root, "cache", "profsrv", "node_modules"));
    // Nobody can move another's directory out of a sticky one.
    chmodSync(join(root, "cache"), 0o1777);
    assert.equal(agentCache(), join(root, "cache", "profsrv", "node_modules"));
    if (!isRoot) return;
    chownSync(join(root, "cache"), NOBODY, NOBODY);
    assert.notEqual(agentCache(), join(root, "cache", "profsrv", "node_modules"));
  }),
);

Deno.test(
  "without a cache to trust one sentence says what to do",
  // Root has /var/cache besides, and every user a home.
  { ignore: windows || isRoot },
  inCache((root) => {
    mkdirSync(join(root, "cache"));
    chmodSync(join(root, "cache"), 0o500);
    assert.throws(() => agentCache(), (error) => {
      assert.ok(error instanceof DirectoryError);
      assert.match(error.message, /^Cannot keep the agent: ".*" cannot hold it: .*XDG_CACHE_HOME/);
      return true;
    });
  }),
);
