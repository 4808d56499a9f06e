/** What outlives a run, or belongs to another user, goes on as if alone; nobody else decides what a child loads. */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { chmod, mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { appPath, ask, forms, profiled, Started } from "../support/profiled.ts";
import { missing, runtimes } from "../support/runtimes.ts";
import { until } from "../support/until.ts";

const windows = process.platform === "win32";
const isRoot = process.getuid?.() === 0;
const NOBODY = 65534;
const nodes = (await runtimes()).filter(({ kind }) => kind === "node");
const newest = nodes.at(-1)!;

/** A temporary and a cache directory of the test's own, which all may enter. */
async function inPlace(
  use: (place: { root: string; temp: string; env: Record<string, string> }) => Promise<void>,
) {
  const root = await mkdtemp(join(tmpdir(), "lifetimes-"));
  const temp = join(root, "temp");
  try {
    await chmod(root, 0o755);
    await mkdir(temp);
    await mkdir(join(root, "cache"));
    await chmod(temp, 0o1777);
    await use({ root, temp, env: { TMPDIR: temp, XDG_CACHE_HOME: join(root, "cache") } });
  } finally {
    await rm(root, { recursive: true, force: true });
  }
}

/** Waits until a file is there. */
async function appears(path: string): Promise<string> {
  const read = () => Deno.readTextFile(path).then((text) => ({ text }), () => undefined);
  return (await until(read, () => `there is no ${path}`)).text;
}

for (const { version, path } of nodes) {
  Deno.test(`a child that starts when the run is over starts as if alone, on node ${version}`, {
    ignore: windows,
  }, () =>
    inPlace(async ({ root, temp, env }) => {
      const late = join(root, "late");
      // It waits until the run is over, then starts a node that says which preloads it was given.
      const waits = `while [ ! -e "${root}/over" ]; do sleep 0.05; done; "$0" -e ` +
        `'require("fs").writeFileSync("${late}.tmp", process.execArgv + "|" + process.env.NODE_OPTIONS); ` +
        `require("fs").renameSync("${late}.tmp", "${late}")' 2>"${root}/errors" || touch "${late}"`;
      const script = `(${waits}) >/dev/null 2>&1 & exec "$0" -e 0`;
      const started = new Started([
        ...forms.executable,
        "--prof-path",
        join(root, "p"),
        "sh",
        "-c",
        script,
        path,
      ], {
        env,
      });
      assert.equal((await started.ended).code, 0);
      assert.deepEqual(await readdir(temp), [], "the run frees its spool");
      // Somebody takes every name that he could know of.
      await mkdir(join(temp, "profsrv-spool-x"));
      await writeFile(join(root, "over"), "");
      const told = await appears(late);
      assert.equal(await Deno.readTextFile(join(root, "errors")), "");
      const preload = /--require (\S+)/.exec(told)?.[1] ?? "";
      assert.ok(preload.startsWith(join(root, "cache", "profsrv", "node_modules", "agent-")), told);
      assert.deepEqual(await readdir(join(root, "cache", "profsrv", "node_modules")), [
        preload.split("/").at(-1),
      ]);
    }));
}

Deno.test("what stands in a shared temporary directory is never loaded, before and during a run", {
  ignore: windows || !isRoot,
}, () =>
  inPlace(async ({ root, temp, env }) => {
    // Another user removes nothing (the directory is sticky), but makes all that he can guess.
    const squatter = `
      const fs = require("fs");
      const evil = "require('fs').writeFileSync('${root}/owned-' + process.pid, '')";
      const made = new Set();
      setInterval(() => {
        for (const name of ["profsrv", "profsrv-cache", ...fs.readdirSync(".").filter((it) => it.startsWith("profsrv-spool-"))]) {
          for (const path of [name + "/agent.cjs", name + "/x/agent.cjs", name + "x/agent.cjs"]) {
            if (made.has(path)) continue;
            made.add(path);
            try {
              fs.mkdirSync(require("path").dirname(path), { recursive: true });
              fs.writeFileSync(path, evil);
            } catch {}
          }
        }
      }, 1);
    `;
    await chmod(root, 0o777);
    const other = spawn("node", ["-e", squatter], { cwd: temp, uid: NOBODY, gid: NOBODY, stdio: "ignore" });
    try {
      const run = await profiled([
        "sh",
        "-c",
        `"$0" -e 0; exec "$0" "$1"`,
        newest.path,
        appPath("http_cjs.cjs"),
      ], async (started) => {
        const [, port] = await started.printed(/port (\d+) pid (\d+)/);
        for (const path of ["/slow/1", "/child", "/fast/2"]) await ask(Number(port), path);
        await started.printed(/"GET \/fast/, "stderr");
        started.kill("SIGTERM");
      }, { env });
      assert.deepEqual(run.index.map(({ path }) => path), ["/slow/1", "/child", "/fast/2"]);
      assert.deepEqual((await readdir(root)).filter((it) => it.startsWith("owned-")), []);
    } finally {
      other.kill("SIGKILL");
    }
  }));

if (!isRoot && !windows) missing("servers of other users", "only root can start them");

const server = `const server = require("http").createServer((q, s) => {
  s.end("uid " + process.getuid());
  if (q.url === "/5") server.close();
}).listen(0, "127.0.0.1", () => {
  if (process.argv[2] === "drop") { process.setgid(${NOBODY}); process.setuid(${NOBODY}); }
  console.log("port " + server.address().port);
});`;

/** A primary whose worker is the server. */
const primary = `const cluster = require("cluster");
if (cluster.isPrimary) {
  cluster.setupPrimary({ uid: ${NOBODY}, gid: ${NOBODY} });
  cluster.fork();
} else {
  ${server}
  server.on("close", () => process.disconnect());
}`;

/** Ways in which root starts a server as another user; `file` is the server's. */
const others: [what: string, command: (path: string, file: string) => string[], text?: string][] = [
  ["setpriv", (path, file) => ["setpriv", `--reuid=${NOBODY}`, "--clear-groups", path, file]],
  ["su", (path, file) => ["su", "-m", "-s", "/bin/sh", "nobody", "-c", `exec "${path}" "${file}"`]],
  ["a change of user after listen", (path, file) => [path, file, "drop"]],
  ["cluster", (path, file) => [path, file], primary],
];

for (const { version, path } of isRoot ? nodes : []) {
  for (const [what, command, text = server] of others) {
    Deno.test(`a server of another user by ${what} is recorded, on node ${version}`, () =>
      inPlace(async ({ root, env }) => {
        const file = join(root, "server.cjs");
        await writeFile(file, text);
        const run = await profiled(command(path, file), async (started) => {
          const [, port] = await started.printed(/port (\d+)/);
          for (let i = 0; i < 6; i++) {
            const headers = { connection: "close" };
            assert.equal((await ask(Number(port), `/${i}`, { headers })).body, `uid ${NOBODY}`);
          }
        }, { env });
        assert.equal(run.code, 0, run.stderr);
        assert.deepEqual(run.index.map(({ path }) => path), ["/0", "/1", "/2", "/3", "/4", "/5"]);
        assert.equal(run.files.length, 6, run.files.join());
      }));
  }
}
