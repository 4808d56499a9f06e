/** Wrong usage: one sentence on stderr, a shell's exit code, and nothing left behind. */
import assert from "node:assert/strict";
import { chmod, mkdir, mkdtemp, readdir, realpath, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { type Ended, type FormName, formNames, forms, Started } from "../support/profiled.ts";
import { missing } from "../support/runtimes.ts";

const windows = process.platform === "win32";

/** A place with a file `file`, an empty directory `empty`, a script `script` that nobody can run, and `temp` for TMPDIR. */
async function inPlace(use: (place: string) => Promise<void>): Promise<void> {
  const place = await realpath(await mkdtemp(join(tmpdir(), "usage-")));
  try {
    await writeFile(join(place, "file"), "", { mode: 0o644 });
    await writeFile(join(place, "script"), "#!/no/such/interpreter\n", { mode: 0o755 });
    await writeFile(join(place, "server.js"), "", { mode: 0o644 });
    await mkdir(join(place, "empty"));
    await mkdir(join(place, "temp"));
    await use(place);
  } finally {
    await rm(place, { recursive: true, force: true });
  }
}

/** Everything below a directory. */
async function listing(place: string): Promise<string[]> {
  return (await readdir(place, { recursive: true })).sort();
}

/** Runs profsrv in a place and sees that it leaves nothing there. */
async function misuse(place: string, args: readonly string[], form: FormName): Promise<Ended> {
  const before = await listing(place);
  const env = { TMPDIR: join(place, "temp"), TEMP: undefined, TMP: undefined, NO_COLOR: "1" };
  const ended = await new Started([...forms[form], ...args], { cwd: place, env }).ended;
  assert.deepEqual(await listing(place), before, "something was left behind");
  return ended;
}

const NEW = ["--prof-path", "new/directory"];

/** What stands behind `profsrv`, the exit code, and how the sentence begins. */
const table: [args: string[], code: number, sentence: string][] = [
  [[], 2, "Nothing to run: expected a command"],
  [["--quiet"], 2, "Nothing to run: expected a command"],
  [["--"], 2, "Nothing to run: expected a command"],
  [["--prof-pth", "x", "node"], 2, 'Unknown option "--prof-pth"; did you mean --prof-path?'],
  [["--banana=\x1b[31m", "node"], 2, 'Unknown option "--banana"; '],
  [["--\x1b[31m", "node"], 2, 'Unknown option "--\\x1b[31m"; '],
  [["--quiet=yes", "node"], 2, '--quiet takes no value, but got "yes"'],
  [["--prof-path"], 2, "--prof-path needs a value"],
  [["--interval", "fast", "node"], 2, '--interval "fast": expected '],
  [["--interval", "0", "node"], 2, '--interval "0": expected '],
  [["--prof-file", "{nope}", "node"], 2, '--prof-file "{nope}": '],
  [["--prof-file", "{path", "node"], 2, '--prof-file "{path": '],
  [["--prof-path", "file", "node"], 2, 'Cannot write profiles to "file": '],
  [["--prof-path", "file/below", "node"], 2, 'Cannot write profiles to "file/below": '],
  [[...NEW, "no-such-command"], 127, 'Cannot run "no-such-command": no such command'],
  [[...NEW, "./no-such-file"], 127, 'Cannot run "./no-such-file": no such file'],
  [[...NEW, ""], 127, 'Cannot run "": no such command'],
  [[...NEW, "./file"], 126, 'Cannot run "./file": it is not executable'],
  [[...NEW, "./empty"], 126, 'Cannot run "./empty": it is a directory'],
  [[...NEW, "./script"], 126, 'Cannot run "./script": the interpreter that its first line names is missing'],
  [["./script"], 126, 'Cannot run "./script": '],
  [["no-such-command"], 127, 'Cannot run "no-such-command": '],
  [["server.js"], 127, 'Cannot run "server.js": it is a script, started by profsrv node server.js'],
  [["./server.js"], 126, 'Cannot run "./server.js": it is a script, started by profsrv node ./server.js'],
  [["reprot"], 127, 'Cannot run "reprot": no such command; did you mean profsrv report?'],
  [["view", "none"], 2, 'Cannot show "none": '],
  [["view", "--html", "none/x.html", "."], 2, 'Cannot show ".": there is no run.json in it'],
];

/** All forms read the same arguments: of each exit code the others than the first have one row. */
const ofOthers = table.filter(([, code], index) => table.findIndex(([, other]) => other === code) === index);

for (const form of formNames) {
  for (const [args, code, sentence] of form === formNames[0] ? table : ofOthers) {
    const line = JSON.stringify(["profsrv", ...args].join(" "));
    Deno.test(
      `${line} ends with ${code} and one sentence, as ${form}`,
      { ignore: windows },
      () =>
        inPlace(async (place) => {
          const ended = await misuse(place, args, form);
          assert.deepEqual([ended.code, ended.signal, ended.stdout], [code, null, ""]);
          assert.ok(ended.stderr.startsWith(`profsrv: ${sentence}`), ended.stderr);
          assert.match(ended.stderr, /^[^\n]+\n$/, "one line");
          assert.ok(!ended.stderr.includes("\x1b"), "nothing commands the terminal");
        }),
    );
  }
}

Deno.test(
  "a temporary directory that is missing is said to be",
  { ignore: windows },
  () =>
    inPlace(async (place) => {
      const env = { TMPDIR: join(place, "gone"), NO_COLOR: "1" };
      const { code, stderr } = await new Started([...forms.executable, "node"], { env }).ended;
      assert.deepEqual([code, stderr], [
        2,
        `profsrv: Cannot make a directory in "${join(place, "gone")}": no such directory\n`,
      ]);
    }),
);

// Root may write anywhere: then somebody else has to try.
const asSomebody = process.getuid?.() === 0 ? ["setpriv", "--reuid=65534", "--clear-groups"] : [];
const unwritable = "a directory that may not be written is refused, and nothing is left behind";
if (asSomebody.length > 0 && !(await canSwitchUser())) {
  missing(unwritable, "root writes anywhere and there is no setpriv");
} else {
  Deno.test(unwritable, { ignore: windows }, () =>
    inPlace(async (place) => {
      await chmod(place, 0o755);
      await chmod(join(place, "temp"), 0o777);
      await chmod(join(place, "empty"), 0o555);
      const env = { TMPDIR: join(place, "temp"), HOME: join(place, "temp"), NO_COLOR: "1" };
      for (const path of ["empty", "empty/a/b"]) {
        const command = [...asSomebody, "node", forms.node[1]!, "--prof-path", path, "node", "-e", "0"];
        const { code, stderr } = await new Started(command, { cwd: place, env }).ended;
        assert.deepEqual([code, stderr], [
          2,
          `profsrv: Cannot write profiles to "${path}": permission denied\n`,
        ]);
      }
      assert.deepEqual(await listing(join(place, "temp")), []);
      assert.deepEqual(await listing(join(place, "empty")), []);
    }));
}

async function canSwitchUser(): Promise<boolean> {
  try {
    const script = `require("fs").accessSync(${JSON.stringify(forms.node[1])})`;
    return (await new Started([...asSomebody, "node", "-e", script]).ended).code === 0;
  } catch {
    return false;
  }
}

Deno.test(
  "help goes to stdout and ends with 0, even into a pipe that closes",
  { ignore: windows },
  async () => {
    for (const form of formNames.map((name) => forms[name])) {
      const help = await new Started([...form, "--help"]).ended;
      assert.deepEqual([help.code, help.stderr], [0, ""]);
      assert.match(help.stdout, /^Usage: profsrv \[options\] \[--\] <command> \[args\.\.\.\]$/m);
      const line = [...form].map((it) => `'${it}'`).join(" ");
      const cut = await new Started(["sh", "-c", `${line} --help | head -n 1`]).ended;
      assert.deepEqual([cut.code, cut.stdout.split("\n").length, cut.stderr], [0, 2, ""]);
    }
  },
);

Deno.test(
  "a run in which no request came leaves nothing in the temporary directory",
  { ignore: windows },
  () =>
    inPlace(async (place) => {
      const listens =
        'require("http").createServer().listen(0, () => setTimeout(() => process.exit(3), 100))';
      for (const command of [["true"], ["node", "-e", "process.exit(3)"], ["node", "-e", listens]]) {
        const env = { TMPDIR: join(place, "temp"), NO_COLOR: "1" };
        const { code, stderr } = await new Started([...forms.executable, "--", ...command], { env }).ended;
        assert.equal(code, command.length === 1 ? 0 : 3);
        assert.match(stderr, /nothing was profiled/);
        assert.deepEqual(await listing(join(place, "temp")), [], command.join(" "));
      }
    }),
);

Deno.test(
  "a run leaves its own directory and nothing else",
  { ignore: windows },
  () =>
    inPlace(async (place) => {
      const env = { TMPDIR: join(place, "temp") };
      const { code } = await new Started([...forms.executable, "--prof-path", "a/b", "true"], {
        cwd: place,
        env,
      }).ended;
      assert.equal(code, 0);
      assert.deepEqual(await listing(join(place, "temp")), []);
      assert.ok((await stat(join(place, "a", "b"))).isDirectory());
    }),
);
