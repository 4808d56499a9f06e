/** Where there is no room for what servers leave, they run as alone, and profsrv says what is the matter. */
import assert from "node:assert/strict";
import { statSync } from "node:fs";
import { chmod, mkdir, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { canMount } from "../support/mounts.ts";
import { appPath, ask, forms, Started } from "../support/profiled.ts";
import { missing, runtimes } from "../support/runtimes.ts";

/** Sizes of the file systems of the temporary directory and of the cache, which `$0` and `$1` are. */
const MOUNTED = `mount -t tmpfs -o size=1m tmpfs "$0" && head -c "$2" /dev/zero >"$0/filled"
mount -t tmpfs -o size=64m tmpfs "$1" && head -c "$3" /dev/zero >"$1/filled"; shift 3; exec "$@"`;

const FULL = `${2 ** 20}`;
const { size } = statSync(join(import.meta.dirname!, "..", "..", "dist", "agent.cjs"));
const FULL_BUT_FOR_THE_AGENT = `${64 * 2 ** 20 - 4096 * Math.ceil(size / 4096)}`;
/** The same with room for a few windows. */
const NEARLY_FULL = `${2 ** 20 - 72_000}`;

/** Runs a server whose temporary directory and cache are filled so far; asks it so often; gives its end and what was listed. */
async function run(
  node: string,
  { temp, cache, requests = 3 }: { temp: string; cache: string; requests?: number },
) {
  const root = await mkdtemp(join(tmpdir(), "full-disk-"));
  const at = (name: string) => join(root, name);
  try {
    // Else the cache directory would not serve: children of root may run as other users.
    await chmod(root, 0o755);
    for (const name of ["temp", "cache", "out"]) await mkdir(at(name));
    const mounted = ["unshare", "-m", "sh", "-c", MOUNTED, at("temp"), at("cache"), temp, cache];
    const own = [...forms.executable, "--prof-path", at("out"), "--"];
    const env = { TMPDIR: at("temp"), XDG_CACHE_HOME: at("cache") };
    const started = new Started([...mounted, ...own, node, appPath("hello.cjs")], { env });
    const port = Number((await started.printed(/port (\d+)/))[1]);
    for (let i = 0; i < requests; i++) assert.equal((await ask(port, "/")).status, 200);
    started.kill("SIGTERM");
    const ended = await started.ended;
    const index = await readFile(join(at("out"), "index.ndjson"), "utf8").catch(() => "");
    return { ...ended, listed: index.split("\n").length - 1 };
  } finally {
    await rm(root, { recursive: true, force: true });
  }
}

if (!canMount()) missing("a full temporary directory", "only root can mount a small one");
else {
  for (const { kind, version, path } of await runtimes()) {
    if (kind !== "node") continue;
    Deno.test(`with a full temporary directory node ${version} is recorded through the cache directory`, async () => {
      const { stderr, signal, listed } = await run(path, { temp: FULL, cache: "0" });
      assert.deepEqual([signal, listed], ["SIGTERM", 3], stderr);
      assert.doesNotMatch(stderr, /room|Lost:/);
    });

    Deno.test(`where there is no room at all node ${version} runs as alone, and that is said`, async () => {
      const { stderr, signal } = await run(path, { temp: FULL, cache: FULL_BUT_FOR_THE_AGENT });
      assert.equal(signal, "SIGTERM", stderr);
      assert.match(stderr, /There is no room left in ".*"/);
      assert.match(stderr, /nothing was profiled: there was no room where servers leave what they measure/);
      assert.doesNotMatch(stderr, /process \w+ killed|no server/);
    });

    Deno.test(`where the room ends meanwhile node ${version} runs as alone, and that is said`, async () => {
      const options = { temp: NEARLY_FULL, cache: FULL_BUT_FOR_THE_AGENT, requests: 400 };
      const { stderr, signal, listed } = await run(path, options);
      assert.equal(signal, "SIGTERM", stderr);
      assert.match(stderr, /There is no room left in ".*"/);
      assert.doesNotMatch(stderr, /process \w+ killed|no server/);
      assert.ok(listed > 0, stderr);
    });
  }
}
