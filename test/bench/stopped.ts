/**
 * A server under full load whose profsrv is stopped (SIGSTOP): its memory and the spool must stay bounded, and each request
 * must be in the index or be counted as dropped.
 * usage: stopped.ts [seconds]
 */
import { mkdtemp, readdir, readFile, rm, stat } from "node:fs/promises";
import net from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { forms, Started } from "../support/profiled.ts";
import { residentOf } from "../support/resident.ts";

const seconds = Number(process.argv[2] ?? 40);
const CONNECTIONS = 8;
/** Requests that are sent at once on each. */
const BATCH = 64;
const BASE = 5;

const server = `
  const server = require("http").createServer((request, response) => response.end("hello\\n"));
  server.listen(0, "127.0.0.1", () => console.log("port " + server.address().port + " of " + process.pid));
`;
const root = await mkdtemp(join(tmpdir(), "stopped-"));
const own = ["--quiet", "--prof-path", join(root, "profiles"), "--sample", "0"];
const env = { TMPDIR: root };
const started = new Started([...forms.executable, ...own, "--", "node", "-e", server], { env });
const [, port, pid] = await started.printed(/port (\d+) of (\d+)/);

let answered = 0;
let isOver = false;

/** Sends batch after batch on one connection. */
function load(): Promise<void> {
  const batch = "GET /some/path HTTP/1.1\r\nHost: bench\r\n\r\n".repeat(BATCH);
  return new Promise((resolve, reject) => {
    const socket = net.connect(Number(port), "127.0.0.1");
    let missing = 0;
    const next = () => {
      missing = BATCH;
      if (isOver) socket.end(resolve);
      else socket.write(batch);
    };
    socket.setEncoding("latin1").on("data", (text: string) => {
      const count = text.split("hello\n").length - 1;
      answered += count;
      if ((missing -= count) === 0) next();
    });
    socket.on("error", reject);
    next();
  });
}

async function spoolSize(): Promise<number> {
  let sum = 0;
  for (const folder of (await readdir(root)).filter((it) => it.startsWith("profsrv-spool-"))) {
    for (const file of await readdir(join(root, folder))) {
      sum += (await stat(join(root, folder, file)).catch(() => ({ size: 0 }))).size;
    }
  }
  return sum / 2 ** 20;
}

const clients = Promise.all(Array.from({ length: CONNECTIONS }, load));
let [peak, spool] = [0, 0];
for (let second = 0; second < BASE + seconds; second++) {
  await new Promise((resolve) => setTimeout(resolve, 1000));
  const resident = await residentOf(Number(pid));
  if (second === BASE - 1) {
    console.log(
      `after ${BASE} s: ${resident.toFixed(1)} MiB, ${(answered / BASE).toFixed(0)} requests a second`,
    );
    started.kill("SIGSTOP");
  }
  if (second < BASE) continue;
  peak = Math.max(peak, resident);
  spool = Math.max(spool, await spoolSize());
  if ((second - BASE) % 5 === 4) {
    const rate = (answered / (second + 1)).toFixed(0);
    console.log(
      `stopped for ${second - BASE + 1} s: ${resident.toFixed(1)} MiB, spool ${
        spool.toFixed(1)
      } MiB, ${rate} a second`,
    );
  }
}
isOver = true;
await clients;
started.kill("SIGCONT");
process.kill(Number(pid), "SIGTERM");
const { signal } = await started.ended;
const { totals, drops } = JSON.parse(await readFile(join(root, "profiles", "run.json"), "utf8"));
console.log(`server: ${peak.toFixed(1)} MiB at most; spool: ${spool.toFixed(1)} MiB at most`);
console.log(
  `${answered} requests: ${totals.requests} listed, ${drops.requests} dropped, ${drops.windows} windows dropped`,
);
console.log(`profsrv ended with ${signal}`);
await rm(root, { recursive: true, force: true });
process.exitCode = totals.requests + drops.requests === answered ? 0 : 1;
