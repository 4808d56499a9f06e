import assert from "node:assert/strict";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import process from "node:process";
import { DirectoryError, makeRunDirectory, makeSpool } from "../../src/launch/run_directory.ts";

const windows = process.platform === "win32";

/** Runs a test in a directory of its own. */
function within(use: (root: string) => void): () => void {
  return () => {
    const root = mkdtempSync(join(tmpdir(), "launch-"));
    try {
      use(root);
    } finally {
      rmSync(root, { recursive: true });
    }
  };
}

function mode(path: string): string {
  return (statSync(path).mode & 0o777).toString(8);
}

Deno.test("the standard directory is new, private and in the system's temporary directory", () => {
  const [one, two] = [makeRunDirectory(undefined), makeRunDirectory(undefined)];
  try {
    assert.notEqual(one.path, two.path);
    assert.equal(dirname(one.path), tmpdir());
    assert.match(basename(one.path), /^profsrv-[A-Za-z0-9]{6}$/);
    if (!windows) assert.equal(mode(one.path), "700");
  } finally {
    one.undo();
    two.undo();
  }
  assert.ok(!existsSync(one.path));
});

Deno.test(
  "the spool is not in a temporary directory with a comma, which no list of paths of Deno 2.9.6 can name",
  within((root) => {
    const variable = windows ? "TEMP" : "TMPDIR";
    const before = process.env[variable];
    const folders = { temporary: join(root, "a,b"), fallback: join(root, "cache") };
    for (const path of Object.values(folders)) mkdirSync(path);
    try {
      process.env[variable] = folders.temporary;
      const spool = makeSpool(folders.fallback);
      assert.equal(dirname(spool.path), folders.fallback);
      spool.remove();
    } finally {
      if (before === undefined) delete process.env[variable];
      else process.env[variable] = before;
    }
  }),
);

Deno.test(
  "a given directory is made with its parents, and unmade when nothing came of it",
  within((root) => {
    const made = makeRunDirectory(join(root, "a", "b b", "ü"));
    assert.equal(made.path, join(root, "a", "b b", "ü"));
    assert.ok(statSync(made.path).isDirectory());
    made.undo();
    assert.deepEqual(readdirSync(root), []);
  }),
);

Deno.test(
  "what was there before stays, and so does what is no longer empty",
  within((root) => {
    mkdirSync(join(root, "a"));
    makeRunDirectory(join(root, "a")).undo();
    assert.deepEqual(readdirSync(root), ["a"]);
    const made = makeRunDirectory(join(root, "a", "b", "c"));
    writeFileSync(join(root, "a", "b", "other"), "");
    made.undo();
    assert.deepEqual(readdirSync(join(root, "a", "b")), ["other"]);
  }),
);

Deno.test(
  "a link to a directory will do",
  { ignore: windows },
  within((root) => {
    mkdirSync(join(root, "real"));
    symlinkSync("real", join(root, "link"));
    assert.equal(makeRunDirectory(join(root, "link")).path, join(root, "link"));
  }),
);

/** Where profiles cannot go, and why; `root` stands for the test's directory. */
const refused: [what: string, path: string, reason: string, prepare?: (root: string) => void][] = [
  ["a file", "file", '"root/file" is not a directory'],
  ["below a file", "file/a/b", '"root/file" is not a directory'],
  ["a link that leads nowhere", "dangling", "", (root) => symlinkSync("gone", join(root, "dangling"))],
  [
    "a link that leads to itself",
    "loop",
    "too many symbolic links",
    (root) => symlinkSync("loop", join(root, "loop")),
  ],
  ["a name that is too long", `new/${"x".repeat(300)}`, "the name is too long"],
];

for (const [what, path, reason, prepare] of refused) {
  Deno.test(
    `${what} is refused in one sentence, and nothing is left behind`,
    { ignore: windows },
    within((root) => {
      writeFileSync(join(root, "file"), "");
      prepare?.(root);
      const before = readdirSync(root);
      assert.throws(() => makeRunDirectory(join(root, path)), (error) => {
        assert.ok(error instanceof DirectoryError);
        const text = error.message.replaceAll(root, "root");
        assert.ok(text.startsWith(`Cannot write profiles to "root/${path}": ${reason}`), text);
        assert.ok(!text.includes("\n"));
        return true;
      });
      assert.deepEqual(readdirSync(root), before);
    }),
  );
}

Deno.test(
  "a directory that may not be written is refused",
  {
    ignore: windows || process.getuid?.() === 0,
  },
  within((root) => {
    chmodSync(root, 0o500);
    try {
      assert.throws(
        () => makeRunDirectory(root),
        /^DirectoryError: Cannot write profiles to ".*": permission denied$/,
      );
      assert.throws(() => makeRunDirectory(join(root, "a", "b")), /permission denied$/);
    } finally {
      chmodSync(root, 0o700);
    }
  }),
);

Deno.test("nobody else can list a spool, its inbox has a secret name, and it goes with all that is in it", () => {
  const spool = makeSpool(tmpdir());
  try {
    assert.match(basename(spool.path), /^profsrv-spool-[A-Za-z0-9]{6}$/);
    assert.equal(dirname(spool.inbox), spool.path);
    assert.match(basename(spool.inbox), /^[0-9a-f]{32}$/);
    const isRoot = process.getuid?.() === 0;
    if (!windows) {
      assert.deepEqual([mode(spool.path), mode(spool.inbox)], isRoot ? ["711", "733"] : ["700", "700"]);
    }
    mkdirSync(join(spool.inbox, "more"));
    writeFileSync(join(spool.inbox, "more", "file"), "");
  } finally {
    spool.remove();
  }
  assert.ok(!existsSync(spool.path));
  spool.remove();
});

Deno.test(
  "where the system's temporary directory cannot be had the spool is made elsewhere",
  within((root) => {
    const before = process.env["TMPDIR"];
    process.env["TMPDIR"] = join(root, "missing");
    try {
      const spool = makeSpool(root);
      assert.equal(dirname(spool.path), root);
      spool.remove();
      assert.throws(
        () => makeSpool(join(root, "missing too")),
        /^DirectoryError: Cannot make a directory in ".*missing": no such directory$/,
      );
      assert.deepEqual(readdirSync(root), []);
    } finally {
      if (before === undefined) delete process.env["TMPDIR"];
      else process.env["TMPDIR"] = before;
    }
  }),
);
