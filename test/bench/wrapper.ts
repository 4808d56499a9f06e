/**
 * What the wrapper alone takes of the CPU for each request: servers under full load are recorded once, without a wrapper, and what their
 * agents told is then collected again and again on Node. Each server is recorded with samples, and without any to speak of.
 *
 *     make bench ONLY=wrapper ARGS='--server express'
 *     deno run -A test/bench/wrapper.ts [--server hello] [--kept 0,300] [--rounds 3] [--before DIR] [--cpu-prof DIR] [--keep DIR]
 *
 * `--before` names another checkout, whose wrapper reads the same: prints the figures of both, and whether the index, the routes and
 * the totals that they leave are the same, byte by byte. `--keep` leaves what was recorded in a directory and takes it from there the next time.
 * Needs Linux and wrk (`apt-get install wrk`).
 */
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import process from "node:process";
import { parseArgs, promisify } from "node:util";
import { bundleText } from "../../build/bundle_text.ts";
import { CONFIG_VARIABLE, PROTOCOL_VERSION } from "../../src/protocol/messages.ts";
import { installedProject } from "../support/projects.ts";
import { runtimes } from "../support/runtimes.ts";

const { values } = parseArgs({
  options: {
    server: { type: "string", default: "hello,express" },
    kept: { type: "string", default: "0,300" },
    rounds: { type: "string", default: "3" },
    before: { type: "string" },
    "cpu-prof": { type: "string" },
    keep: { type: "string" },
  },
});
const SECONDS = 3;
const run = promisify(execFile);
const agent = resolve("dist/agent.cjs");
const scratch = mkdtempSync(join(existsSync("/dev/shm") ? "/dev/shm" : tmpdir(), "profsrv-bench-"));

/** Requests to some routes, each to a path of its own. */
const varied = `
  local count = 0
  request = function()
    count = count + 1
    return wrk.format("GET", "/users/" .. count .. "/orders?page=" .. count % 7 .. "&token=" .. count)
  end
`;

/** Has a server asked for some seconds; gives the directory with all that its agent told. */
async function record(node: string, project: string, name: string, interval: number): Promise<string> {
  const spool = join(values.keep ?? scratch, `${name}-${interval}`);
  if (existsSync(spool)) return spool;
  mkdirSync(spool, { recursive: true });
  const [server = "", isVaried] = name.split("-");
  const child = spawn(node, ["--require", agent, join(project, "servers.mjs"), server], {
    env: { ...process.env, [CONFIG_VARIABLE]: JSON.stringify({ v: PROTOCOL_VERSION, spool, interval }) },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const exit = once(child, "exit");
  const [told] = await once(child.stdout, "data");
  const port = /port (\d+)/.exec(String(told))?.[1];
  writeFileSync(join(scratch, "varied.lua"), varied);
  const script = isVaried === undefined ? [] : ["-s", join(scratch, "varied.lua")];
  await run("wrk", ["-t1", "-c16", `-d${SECONDS}`, ...script, `http://127.0.0.1:${port}/`]);
  child.kill("SIGTERM");
  await exit;
  return spool;
}

/** The collecting part of a checkout as one file. */
async function bundled(checkout: string, name: string): Promise<string> {
  const outfile = join(scratch, `${name}.mjs`);
  const text = readFileSync(new URL("server/collect.ts", import.meta.url), "utf8");
  await bundleText(text, { directory: join(resolve(checkout), "test/bench/server"), outfile });
  return outfile;
}

const project = await installedProject("bench");
if (project === undefined) throw new Error("The servers are not there yet: MATRIX=all fetches them");
const node = (await runtimes()).filter(({ kind }) => kind === "node").at(-1)!.path;
const checkouts = { ...(values.before === undefined ? {} : { before: values.before }), now: "." };
const builds = new Map<string, string>();
for (const [name, checkout] of Object.entries(checkouts)) builds.set(name, await bundled(checkout, name));
try {
  for (const server of values.server.split(",")) {
    for (const interval of [1_000_000, 1000]) {
      const spool = await record(node, project, server, interval);
      for (const kept of values.kept.split(",")) {
        for (const [name, file] of builds) {
          const profile = values["cpu-prof"] === undefined
            ? []
            : ["--cpu-prof", `--cpu-prof-dir=${resolve(values["cpu-prof"])}`];
          const args = [...profile, file, spool, agent, kept, join(scratch, name), values.rounds];
          const { stdout } = await run(node, args);
          const { requests, first, warm, rss } = JSON.parse(stdout);
          const index = readFileSync(join(scratch, name, "index.ndjson"), "utf8");
          const lines = index.split("\n").slice(0, -1);
          const sampled = lines.filter((it) => !it.includes('"samples":0,')).length;
          const share = `${(100 * sampled / lines.length).toFixed(1)} % with samples`;
          console.log(
            `${server}, ${share}, ${kept} kept, ${name}: ${
              warm.toFixed(2)
            } us of ${requests} requests (the first time ${first.toFixed(2)}), ${
              (rss / 2 ** 20).toFixed(0)
            } MiB`,
          );
        }
        if (builds.size > 1) {
          const same = ["index.ndjson", "routes.pb.gz", "run.json"].map((name) => {
            const [a, b] = ["before", "now"].map((it) => readFileSync(join(scratch, it, name), "utf8"));
            const withoutEnd = (text: string) => name === "run.json" ? text.replace(/"end": .*/, "") : text;
            return `${name} ${withoutEnd(a!) === withoutEnd(b!) ? "is the same" : "DIFFERS"}`;
          });
          console.log(`  ${same.join(", ")}`);
        }
      }
    }
  }
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
