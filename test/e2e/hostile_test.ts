/** Directories that somebody else filled: nothing in them is believed, run, or sent to the terminal as it is. */
import assert from "node:assert/strict";
import { existsSync, lstatSync, readdirSync, readFileSync } from "node:fs";
import { chmod, mkdir, mkdtemp, realpath, rm, symlink, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { appPath, ask, type Ended, forms, Started } from "../support/profiled.ts";
import { hardLink, OTHER, specialFiles } from "../support/special_files.ts";

const ignore = process.platform === "win32";

/** A place with a temporary directory of its own; `profsrv` runs there to its end. */
async function inPlace(
  use: (
    place: {
      root: string;
      temp: string;
      start(...args: string[]): Started;
      profsrv(...args: string[]): Promise<Ended>;
    },
  ) => Promise<void>,
): Promise<void> {
  const place = await realpath(await mkdtemp(join(tmpdir(), "hostile-")));
  const [root, cache] = [join(place, "root"), join(place, "cache")];
  const temp = join(root, "temp");
  const env = { TMPDIR: temp, XDG_CACHE_HOME: cache, HOME: cache, TZ: "UTC" };
  const start = (...args: string[]) => new Started([...forms.executable, ...args], { cwd: root, env });
  try {
    // The agent of root stands where the processes of other users can read it, if it can.
    await chmod(place, 0o755);
    await mkdir(temp, { recursive: true });
    await use({ root, temp, start, profsrv: (...args) => start(...args).ended });
  } finally {
    await rm(place, { recursive: true, force: true });
  }
}

/** All that is in a directory: kinds, sizes, contents. */
function contentsOf(path: string): string[] {
  return (readdirSync(path, { recursive: true }) as string[]).sort().map((name) => {
    const stat = lstatSync(join(path, name));
    return `${name} ${stat.mode} ${stat.ino} ${stat.isFile() ? readFileSync(join(path, name), "utf8") : ""}`;
  });
}

const EVIL = "\x1b]0;owned\x07\x1b[2J\u009b31m\u202e\n";

function recordWith(own: object): string {
  const counts = (...keys: string[]) => Object.fromEntries(keys.map((key) => [key, 0]));
  return JSON.stringify({
    v: 1,
    profsrv: EVIL,
    command: ["node", EVIL],
    start: "2026-01-01T00:00:00.000Z",
    end: null,
    exit: null,
    totals: counts("requests", "files", "limited", "processes"),
    attribution: counts("attributed", "unattributed", "idle"),
    cost: counts(
      "startTime",
      "stopTime",
      "turns",
      "turnTime",
      "longestTurn",
      "notices",
      "noticeTime",
      "bytes",
    ),
    drops: counts("windows", "requests", "switches", "unreadable", "unwritten", "unlisted"),
    ...own,
  });
}

/** What the spool of a killed run into a directory says. */
function manifestOf(directory: string): object {
  const inbox = "0123456789abcdef0123456789abcdef";
  const reader = { pid: 2 ** 22, born: null };
  return {
    v: 1,
    directory,
    options: [],
    command: ["x"],
    inbox,
    agentPath: "/agent.cjs",
    startedOn: 0,
    reader,
  };
}

function entryWith(own: object): string {
  const amounts = {
    pid: 1,
    tid: 0,
    status: 200,
    bytes: 1,
    duration: 300,
    cpu: 1,
    blocked: 1,
    wait: 298,
    gc: 0,
    samples: 1,
  };
  const texts = { id: "a-1", runtime: EVIL, method: EVIL, url: EVIL, path: EVIL, route: EVIL, http: EVIL };
  const start = "2026-01-01T00:00:00.000Z";
  return JSON.stringify({
    v: 1,
    ...texts,
    ...amounts,
    start,
    outcome: "finished",
    files: [`${EVIL}a`],
    ...own,
  });
}

Deno.test(
  "a report on a directory from elsewhere believes nothing of it, writes nothing, and commands no terminal",
  {
    ignore,
  },
  () =>
    inPlace(async ({ root, profsrv }) => {
      const repository = join(root, "repository");
      const spool = join(repository, "spool", "profsrv-spool-abcdef");
      await mkdir(spool, { recursive: true, mode: 0o700 });
      await writeFile(join(root, "bashrc"), OTHER);
      await writeFile(join(spool, "agent.cjs"), "evil");
      await writeFile(join(spool, "1-0-ab.0.spool"), "evil");
      await symlink(join(root, "bashrc"), join(repository, "index.ndjson"));
      const manifest = manifestOf(repository);
      await writeFile(join(spool, "run.json"), JSON.stringify(manifest));
      for (const told of ["spool/profsrv-spool-abcdef", spool]) {
        await writeFile(join(repository, "run.json"), recordWith({ spool: told }));
        const before = contentsOf(root);
        const { code, stdout, stderr } = await profsrv("report", "repository");
        assert.deepEqual([code, stdout], [2, ""]);
        assert.equal(
          stderr,
          'profsrv: Cannot report on "repository": its index.ndjson is a symbolic link, which is not followed\n',
        );
        assert.deepEqual(contentsOf(root), before);
      }
      await rm(join(repository, "index.ndjson"));
      const lines = [
        "null",
        "[]",
        "5",
        entryWith({}),
        entryWith({ route: 5 }),
        entryWith({ files: ["../../etc/passwd"] }),
      ];
      await writeFile(join(repository, "index.ndjson"), lines.join("\n"));
      const before = contentsOf(root);
      const { code, stdout, stderr } = await profsrv("report", "repository");
      assert.equal(code, 0, stderr);
      assert.match(stdout, /\\x1b\]0;owned\\x07\\x1b\[2J\\x9b31m\\u202e/);
      // deno-lint-ignore no-control-regex
      assert.doesNotMatch(stdout + stderr, /[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]/);
      assert.equal(stderr, "profsrv: 5 lines of its index.ndjson are damaged and left out\n");
      assert.deepEqual(contentsOf(root), before);
    }),
);

Deno.test(
  "a spool that is not private, or a link, is not recovered, whatever it says",
  { ignore },
  () =>
    inPlace(async ({ root, temp, profsrv }) => {
      const runs = join(root, "runs");
      const manifest = JSON.stringify(manifestOf(runs));
      await mkdir(runs);
      await writeFile(join(runs, "run.json"), recordWith({}));
      for (
        const [name, mode] of [["profsrv-spool-shared", 0o777], ["profsrv-spool-private-not", 0o700]] as const
      ) {
        await mkdir(join(temp, name));
        await new Started(["chmod", mode.toString(8), join(temp, name)]).ended;
        await writeFile(join(temp, name, "run.json"), manifest);
      }
      await mkdir(join(root, "elsewhere"), { mode: 0o700 });
      await writeFile(join(root, "elsewhere", "run.json"), manifest);
      await symlink(join(root, "elsewhere"), join(temp, "profsrv-spool-linked"));
      const before = contentsOf(root);
      const { code, stderr } = await profsrv("report", "runs");
      assert.deepEqual([code, stderr], [0, ""]);
      assert.deepEqual(contentsOf(root), before);
    }),
);

for (const name of ["run.json", "index.ndjson", "routes.pb.gz"]) {
  const own = { what: "a file of somebody's", refused: /is not one of profsrv's/, make: writeOther };
  for (const { what, refused, make } of [own, hardLink, ...specialFiles]) {
    Deno.test(
      `--prof-path refuses a directory whose ${name} is ${what}, before anything starts`,
      { ignore },
      () =>
        inPlace(async ({ root, temp, profsrv }) => {
          await writeFile(join(root, "other"), OTHER);
          const close = await make(join(root, name), join(root, "other"));
          const before = contentsOf(root);
          const { code, stdout, stderr } = await profsrv("--prof-path", ".", "--", "touch", "started");
          assert.deepEqual([code, stdout], [2, ""]);
          assert.match(stderr, /^profsrv: Cannot write profiles to "\.": the [^\n]+\n$/);
          assert.match(stderr, refused);
          assert.deepEqual(contentsOf(root), before);
          assert.deepEqual(readdirSync(temp), []);
          close?.();
        }),
    );
  }
}

function writeOther(path: string): Promise<void> {
  return writeFile(path, '{"name": "my own", "version": 1}\n') as Promise<never>;
}

Deno.test(
  "runs are listed and removed by age; what goes on, or is none of ours, is not",
  { ignore },
  () =>
    inPlace(async ({ root, temp, start, profsrv }) => {
      assert.equal((await profsrv("runs")).stdout, `There are no runs of yours in ${temp}.\n`);
      const server = ["--", "node", appPath("hello.cjs")];
      const first = start(...server);
      await ask(Number((await first.printed(/port (\d+)/))[1]), "/a");
      first.kill("SIGTERM");
      await first.ended;
      const second = start(...server);
      await ask(Number((await second.printed(/port (\d+)/))[1]), "/b");
      await second.printed(/"GET \/b/, "stderr");
      await mkdir(join(temp, "profsrv-foreig"));
      await writeFile(join(temp, "profsrv-foreig", "run.json"), '{"name":"x"}');
      await writeFile(join(root, "run.json"), recordWith({}));
      await symlink(root, join(temp, "profsrv-linked"));
      const { stdout } = await profsrv("runs");
      const lines = stdout.trimEnd().split("\n");
      assert.match(lines[0]!, /^started +size +what +directory +command$/);
      assert.match(lines[1]!, / +[\d.]+ [KM]?i?B +goes on +\S+\/temp\/profsrv-\w{6} +node \S+hello\.cjs$/);
      assert.match(lines[2]!, / +[\d.]+ [KM]?i?B +1 request +\S+\/temp\/profsrv-\w{6} +node \S+hello\.cjs$/);
      assert.equal(lines.length, 4);
      assert.match(
        (await profsrv("runs", "--remove", "1h")).stderr,
        /^profsrv: removed 0 directories, 0 B; 2 directories kept/,
      );
      const { code, stderr } = await profsrv("runs", "--remove", "0");
      assert.equal(code, 0);
      assert.match(
        stderr,
        /^profsrv: removed 1 directory, [\d.]+ KiB; 1 directory kept, younger or in use\n$/,
      );
      const run = /\S+\/temp\/(profsrv-\w{6}) /.exec(lines[1]!)![1]!;
      const left = readdirSync(temp).filter((it) => !it.startsWith("profsrv-spool-"));
      assert.deepEqual(left.sort(), [run, "profsrv-foreig", "profsrv-linked"].sort());
      second.kill("SIGTERM");
      assert.match((await second.ended).stderr, /1 request in /);
      assert.ok(existsSync(join(temp, run, "index.ndjson")));
    }),
);

Deno.test(
  "the next run removes what killed runs left a week ago, and says so in one line",
  { ignore },
  () =>
    inPlace(async ({ root, temp, start, profsrv }) => {
      const killed = start(
        "--prof-path",
        "p",
        "--",
        "sh",
        "-c",
        'echo "server $$"; exec "$0" "$@"',
        "node",
        appPath("hello.cjs"),
      );
      const pid = Number((await killed.printed(/server (\d+)/))[1]);
      await ask(Number((await killed.printed(/port (\d+)/))[1]), "/a");
      await killed.printed(/"GET \/a/, "stderr");
      killed.kill("SIGKILL");
      const spool = join(temp, readdirSync(temp).find((it) => it.startsWith("profsrv-spool-"))!);
      assert.match(
        (await profsrv("runs", "--remove", "0")).stderr,
        /removed 0 directories, 0 B; 1 directory kept/,
        "its server runs",
      );
      process.kill(pid, "SIGTERM");
      await killed.ended;
      assert.match((await profsrv("runs")).stdout, / left over +\S+profsrv-spool-\w{6} /);
      const quiet = await profsrv("--", "true");
      assert.doesNotMatch(quiet.stderr, /removed/);
      const manifest = JSON.parse(readFileSync(join(spool, "run.json"), "utf8"));
      await writeFile(join(spool, "run.json"), JSON.stringify({ ...manifest, startedOn: 0 }));
      const week = new Date(Date.now() - 7 * 24 * 3600_000 - 1000);
      const within = (readdirSync(spool, { recursive: true }) as string[]).map((it) => join(spool, it));
      for (const path of [...within, spool]) await utimes(path, week, week);
      const { code, stderr } = await profsrv("--", "true");
      assert.equal(code, 0);
      assert.match(stderr, /^profsrv: removed what 1 killed run left more than seven days ago$/m);
      assert.ok(!existsSync(spool));
      assert.ok(existsSync(join(root, "p", "run.json")));
    }),
);
