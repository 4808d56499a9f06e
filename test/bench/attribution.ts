/**
 * How many samples reach the right request: a server whose functions tell whose work they do, 16 clients on each of
 * two routes, four styles of handler, every runtime. Prints a table.
 *
 *     deno task bench:attribution [--runtime node] [--server node:http] [--seconds 4] [--style callback]
 */
import { spawn } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import http from "node:http";
import http2 from "node:http2";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { createInterface } from "node:readline";
import { parseArgs } from "node:util";
import { SpoolReader } from "../support/spool_reader.ts";
import { planLaunch } from "../../src/launch/mod.ts";
import { decodeWindow, type Window } from "../../src/profile/decode_v8.ts";
import { PROTOCOL_VERSION } from "../../src/protocol/messages.ts";
import { received } from "../support/received.ts";
import { type Runtime, runtimes } from "../support/runtimes.ts";

const STYLES = ["promise", "callback", "pool", "nested"] as const;
const SERVERS = { node: ["node:http", "node:http2"], deno: ["Deno.serve", "node:http"] } as const;
const CLIENTS = 16;
const INTERVAL = 1000;

interface Score {
  right: number;
  wrong: number;
  none: number;
  requests: number;
  /** What the worst misses ran, for whoever looks for the reason. */
  misses: Map<string, number>;
}

interface Case {
  readonly runtime: Runtime;
  readonly server: string;
  readonly style: string;
  readonly seconds: number;
}

async function measure({ runtime, server, style, seconds }: Case): Promise<Score> {
  const spool = await mkdtemp(join(tmpdir(), "profsrv-bench-"));
  const agentPath = join(spool, "agent.cjs");
  await writeFile(agentPath, await Deno.readTextFile("dist/agent.cjs"));
  const app = ["test/apps/styles.mjs", server];
  const plan = planLaunch({
    command: runtime.kind === "node" ? [runtime.path, ...app] : [runtime.path, "run", "-A", ...app],
    file: runtime.path,
    env: process.env,
    platform: process.platform,
    agent: {
      path: agentPath,
      spool,
      config: {
        v: PROTOCOL_VERSION,
        spool,
        interval: INTERVAL,
        serial: false,
        profiler: "cpu",
        calls: false,
      },
    },
  });
  const child = spawn(plan.file, [...plan.args], {
    env: { ...plan.env },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const ended = new Promise((resolve) => child.on("exit", resolve));
  const tail = new SpoolReader(spool);
  const evidence = new Evidence();
  const timer = setInterval(() => evidence.add(tail), 100);
  try {
    const port = Number(await firstLine(child.stdout));
    const until = Date.now() + seconds * 1000;
    const paths = ["a", "b"].flatMap((route) =>
      Array.from({ length: CLIENTS }, (_, client) => `/${style}/${route}/${client}`)
    );
    const counts = server === "node:http2"
      ? await driveTogether({ port, paths, until })
      : await Promise.all(paths.map((path) => drive({ port, path, until })));
    child.kill("SIGTERM");
    await ended;
    evidence.add(tail);
    return { ...evidence.score(), requests: counts.reduce((a, b) => a + b, 0) };
  } finally {
    clearInterval(timer);
    child.kill("SIGKILL");
    await rm(spool, { recursive: true, force: true });
  }
}

/** Everything the agent said, held until the end: requests are known only after their samples. */
class Evidence {
  readonly #windows: Window[] = [];
  readonly #paths = new Map<number, string>();
  #end = -Infinity;

  add(tail: SpoolReader): void {
    for (const { messages } of tail.poll()) {
      for (const message of messages) {
        if (message.kind === "window") {
          const window = decodeWindow(message.profile, message.owners, { notBefore: this.#end });
          this.#end = window.profile.endAt;
          this.#windows.push(window);
        } else if (message.kind === "requests") {
          for (const request of received(message, message.epochOffset)) {
            this.#paths.set(request.seq, request.url);
          }
        } else if (message.kind === "trouble") console.error("trouble:", message);
      }
    }
  }

  score(): Omit<Score, "requests"> {
    const score = { right: 0, wrong: 0, none: 0, misses: new Map<string, number>() };
    for (const { profile, owners } of this.#windows) {
      const { frames, stacks, samples } = profile;
      samples.stack.forEach((leaf, i) => {
        const names: string[] = [];
        for (let s = leaf; s >= 0; s = stacks.parent[s]!) names.push(frames[stacks.frame[s]!]!.name);
        const burn = names.find((name) => name.startsWith("burn_"));
        if (burn === undefined) return;
        const owner = owners[i]!;
        const path = this.#paths.get(owner)?.split("/");
        const kind = owner === 0 || path === undefined
          ? "none"
          : burn === `burn_${path[2]}_${path[3]}`
          ? "right"
          : "wrong";
        score[kind]++;
        if (kind === "right") return;
        const how = `${kind}: ${names.slice(0, 12).reverse().join(";")}`;
        score.misses.set(how, (score.misses.get(how) ?? 0) + 1);
      });
    }
    return score;
  }
}

/** One client on a connection of its own, one request after the other; how many were answered. */
async function drive({ port, path, until }: { port: number; path: string; until: number }): Promise<number> {
  const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
  let count = 0;
  while (Date.now() < until) {
    await new Promise<void>((resolve, reject) => {
      const request = http.request({ port, path, agent, method: "POST" }, (response) => {
        response.resume();
        response.on("end", resolve);
      });
      request.on("error", reject);
      request.end("x".repeat(100));
    });
    count++;
  }
  agent.destroy();
  return count;
}

/** The same, but all clients are streams of one session. */
async function driveTogether(
  { port, paths, until }: { port: number; paths: readonly string[]; until: number },
): Promise<number[]> {
  const session = http2.connect(`http://127.0.0.1:${port}`);
  const counts = await Promise.all(paths.map(async (path) => {
    let count = 0;
    while (Date.now() < until) {
      await new Promise<void>((resolve, reject) => {
        const stream = session.request({ ":path": path, ":method": "POST" });
        stream.on("end", resolve).on("error", reject);
        stream.resume().end("x".repeat(100));
      });
      count++;
    }
    return count;
  }));
  session.close();
  return counts;
}

function firstLine(stream: NodeJS.ReadableStream): Promise<string> {
  return new Promise((resolve, reject) => {
    const lines = createInterface(stream);
    lines.once("line", resolve);
    lines.once("close", () => reject(new Error("the server ended before it listened")));
  });
}

const { values } = parseArgs({
  options: {
    seconds: { type: "string" },
    style: { type: "string" },
    runtime: { type: "string" },
    server: { type: "string" },
    misses: { type: "boolean" },
  },
});
const percent = (part: number, whole: number) => `${(100 * part / whole).toFixed(2)} %`.padStart(8);

const chosen = <T extends string>(all: readonly T[], one: string | undefined) =>
  all.filter((it) => one === undefined || it === one);

console.log("runtime        server      style     requests  samples     wrong      none");
for (const runtime of await runtimes()) {
  const name = `${runtime.kind} ${runtime.version}`;
  if (values.runtime !== undefined && !name.includes(values.runtime)) continue;
  for (const server of chosen(SERVERS[runtime.kind], values.server)) {
    for (const style of chosen(STYLES, values.style)) {
      const score = await measure({ runtime, server, style, seconds: Number(values.seconds ?? 4) });
      const all = score.right + score.wrong + score.none;
      const columns = [
        name.padEnd(14),
        server.padEnd(11),
        style.padEnd(9),
        String(score.requests).padStart(8),
        String(all).padStart(8),
      ];
      console.log(columns.join(" "), percent(score.wrong, all), " ", percent(score.none, all));
      if (values.misses) { for (const [how, count] of score.misses) console.log(`    ${count} x ${how}`); }
    }
  }
}
