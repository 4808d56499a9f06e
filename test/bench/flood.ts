/**
 * A server at the highest rate that this machine can make, with the default options: how many lines stand on the terminal before the
 * summary, and whether the slowest request of each route, one in 50,000, has its profile. Prints what it found; code 1 where it is not so.
 *
 *     deno run -A test/bench/flood.ts [seconds, 5]
 *
 * Needs Linux and wrk (`apt-get install wrk`).
 */
import { execFile } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { promisify } from "node:util";
import { mergedProfile } from "../../src/analysis/merged_profile.ts";
import type { IndexEntry } from "../../src/store/entry.ts";
import { readIndex } from "../../src/store/read_run.ts";
import { readRoutesFile } from "../../src/store/routes_file.ts";
import { forms, Started } from "../support/profiled.ts";

const seconds = Number(process.argv[2] ?? 5);
const ROUTES = 20;
const MOST_LINES = 30;

/** Each route in turn has a slow request, one in 50,000: it takes 30 ms. */
const server = `
  let [count, due, turn] = [0, 0, 0];
  function planted() {
    const end = performance.now() + 30;
    while (performance.now() < end);
  }
  const server = require("http").createServer((request, response) => {
    if (++count % (50_000 / ${ROUTES}) === 0) due++;
    if (due > 0 && request.url === "/route" + turn) {
      due--;
      turn = (turn + 1) % ${ROUTES};
      planted();
    }
    response.end("hello");
  });
  server.listen(0, "127.0.0.1", () => console.log("port " + server.address().port + " pid " + process.pid));
`;

/** wrk asks the routes in turn. */
const script = `
  local count = 0
  request = function()
    count = count + 1
    return wrk.format("GET", "/route" .. count % ${ROUTES})
  end
`;

const root = mkdtempSync(join(tmpdir(), "profsrv-bench-"));
try {
  const directory = join(root, "profiles");
  writeFileSync(join(root, "routes.lua"), script);
  const started = new Started([...forms.executable, "--prof-path", directory, "--", "node", "-e", server]);
  const [, port, pid] = await started.printed(/port (\d+) pid (\d+)/);
  const args = ["-t1", "-c16", `-d${seconds}`, "-s", join(root, "routes.lua"), `http://127.0.0.1:${port}/`];
  await promisify(execFile)("wrk", args);
  process.kill(Number(pid), "SIGTERM");
  const { stderr } = await started.ended;

  const all = stderr.split("\n");
  const lines = all.findIndex((line) => /^\S* requests in |^[\d,]+ requests in /.test(line));
  const slowest = new Map<string, IndexEntry>();
  let requests = 0;
  for (const entry of readIndex(directory, "")) {
    requests++;
    if (entry.duration > (slowest.get(entry.route)?.duration ?? 0)) slowest.set(entry.route, entry);
  }
  const isThere = ({ files }: IndexEntry) =>
    files.length > 0 && files.every((name) => existsSync(join(directory, name)));
  const kept = [...slowest.values()].filter(isThere);
  const written = readRoutesFile(directory)!;
  const samples = written.routes.reduce(
    (sum, { stacks }) => sum + stacks.reduce((all, it) => all + it.samples, 0),
    0,
  );
  const largest = mergedProfile(written, written.routes[0]!.name)!;
  console.log(
    `${requests} requests, ${lines} lines before the summary; the slowest of ${kept.length} of ${slowest.size} routes has its file; ` +
      `routes.pb.gz: ${samples} samples in ${written.routes.length} routes, ${largest.sampleCount} in ${largest.route}`,
  );
  if (lines < 0 || lines >= MOST_LINES || kept.length < ROUTES) process.exitCode = 1;
  if (lines < 0 || lines >= MOST_LINES) console.log(stderr.slice(0, 4000));
} finally {
  rmSync(root, { recursive: true, force: true });
}
