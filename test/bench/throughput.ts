/**
 * Whether the wrapper keeps up: a profile file for each of many requests, and the index at the highest rate this machine
 * can make. Prints what was answered, what is in the index, what is valid, and the wrapper's memory.
 *
 *     deno task bench:throughput [--seconds 60] [--rate 3000] [--runtime "node 26"]
 *
 * Needs Linux and wrk (`apt-get install wrk`).
 */
import { execFile } from "node:child_process";
import { createReadStream, readdirSync, readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import http from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { parseArgs, promisify } from "node:util";
import { checkProfile } from "../../src/profile/check.ts";
import { decodeV8 } from "../../src/profile/decode_v8.ts";
import { forms, Started } from "../support/profiled.ts";
import { installedProject } from "../support/projects.ts";
import { residentOf } from "../support/resident.ts";
import { type Runtime, runtimes } from "../support/runtimes.ts";

const { values } = parseArgs({
  options: {
    seconds: { type: "string", default: "60" },
    rate: { type: "string", default: "3000" },
    runtime: { type: "string" },
  },
});
const seconds = Number(values.seconds);
const project = await installedProject("bench");
if (project === undefined) throw new Error("The server is not there yet: MATRIX=all fetches it");

interface RunRecord {
  readonly totals: { readonly requests: number; readonly files: number };
  readonly drops: Readonly<Record<string, number>>;
}

/** `rate` requests a second, in a row of small steps; gives how many were answered. */
async function steadily(port: number, rate: number): Promise<number> {
  const agent = new http.Agent({ keepAlive: true, maxSockets: 32 });
  const ask = () =>
    new Promise<void>((resolve, reject) =>
      http.get({ port, path: "/some/route?page=3", agent }, (answer) => answer.resume().on("end", resolve))
        .on("error", reject)
    );
  const begin = performance.now();
  const asked: Promise<void>[] = [];
  for (let sent = 0; sent < rate * seconds;) {
    const due = Math.min(rate * seconds, Math.floor((performance.now() - begin) / 1000 * rate));
    for (; sent < due; sent++) asked.push(ask());
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  await Promise.all(asked);
  agent.destroy();
  return asked.length;
}

/** It may be larger than the longest string. */
async function linesIn(path: string): Promise<number> {
  let lines = 0;
  for await (const chunk of createReadStream(path) as AsyncIterable<Uint8Array>) {
    for (const byte of chunk) if (byte === 10) lines++;
  }
  return lines;
}

/** Profile files that are none. */
function invalidIn(directory: string): number {
  return readdirSync(directory).filter((name) => name.endsWith(".cpuprofile")).filter((name) => {
    try {
      return checkProfile(decodeV8(JSON.parse(readFileSync(join(directory, name), "utf8")))).length > 0;
    } catch {
      return true;
    }
  }).length;
}

/** As fast as wrk and the server can. */
async function flatOut(port: number): Promise<number> {
  const args = ["-t1", "-c16", `-d${seconds}`, `http://127.0.0.1:${port}/some/route?page=3`];
  const { stdout } = await promisify(execFile)("wrk", args);
  return Number(/(\d+) requests in/.exec(stdout)?.[1]);
}

/** Profiles the server while `work` asks it, and says what came of it. */
async function run(
  { path, kind, version }: Runtime,
  { what, options, work }: {
    what: string;
    options: readonly string[];
    work: (port: number) => Promise<number>;
  },
): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), "profsrv-bench-"));
  try {
    const server = [path, join(project!, "servers.mjs"), "hello"];
    const command = [...forms.executable, "--quiet", "--prof-path", directory, ...options, "--", ...server];
    const started = new Started(command);
    const [, port, pid] = await started.printed(/port (\d+) pid (\d+)/);
    const memory: number[] = [];
    const look = setInterval(async () => memory.push(await residentOf(started.child.pid!)), 1000);
    const answered = await work(Number(port));
    clearInterval(look);
    process.kill(Number(pid), "SIGTERM");
    await started.ended;
    const record = JSON.parse(readFileSync(join(directory, "run.json"), "utf8")) as RunRecord;
    const lines = await linesIn(join(directory, "index.ndjson"));
    const megabytes = [memory[0]!, memory.at(-1)!, Math.max(...memory)].map((it) => it.toFixed(0)).join(", ");
    console.log(
      `${kind} ${version}, ${what}: ${answered} answered (${
        Math.round(answered / seconds)
      }/s), ${lines} in the index, ` +
        `${record.totals.files} files, ${invalidIn(directory)} invalid; ` +
        `wrapper's memory first, last, most: ${megabytes} MiB; dropped: ${JSON.stringify(record.drops)}`,
    );
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

for (const runtime of await runtimes()) {
  const name = `${runtime.kind} ${runtime.version}`;
  if (runtime.kind !== "node" || (values.runtime !== undefined && !name.includes(values.runtime))) continue;
  const rate = Number(values.rate);
  await run(runtime, {
    what: `a file for each of ${rate}/s`,
    options: ["--max-files", "10000000", "--max-size", "1000GiB"],
    work: (port) => steadily(port, rate),
  });
  await run(runtime, { what: "default limits", options: [], work: flatOut });
}
