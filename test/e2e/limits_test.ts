/** Far more than usual: open requests, long headers, deep stacks, long streams. */
import assert from "node:assert/strict";
import { on, once } from "node:events";
import net from "node:net";
import { join } from "node:path";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { checkLaws, type CpuProfile, samplesUnder, seenRun } from "../support/laws.ts";
import { appPath, ask, contentOf, forms, profiled, type Run, Started } from "../support/profiled.ts";
import { runtimes } from "../support/runtimes.ts";

const OPEN = 10_000;
const CONNECTIONS = 50;

async function portOf(started: Started): Promise<number> {
  return Number((await started.printed(/port (\d+)/))[1]);
}

/** Sends many requests at once, on few connections, and gives these. */
async function openMany(port: number): Promise<net.Socket[]> {
  const one = `GET /wait/${OPEN} HTTP/1.1\r\nHost: x\r\n\r\n`;
  return await Promise.all(Array.from({ length: CONNECTIONS }, async () => {
    const socket = net.connect(port, "127.0.0.1");
    await once(socket, "connect");
    socket.setEncoding("latin1").on("error", () => {}).write(one.repeat(OPEN / CONNECTIONS));
    return socket;
  }));
}

/** Reads until all answers are there. */
async function answered(socket: net.Socket): Promise<void> {
  let text = "";
  for await (const part of on(socket, "data")) {
    text += part;
    if (text.split("released\n").length > OPEN / CONNECTIONS) return;
  }
}

for (const { kind, version, path } of await runtimes()) {
  if (kind !== "node") continue;

  Deno.test(`10,000 requests open at once are each listed once, on node ${version}`, async () => {
    for (const [end, outcome] of [["release", "finished"], ["kill", "unfinished"]] as const) {
      const options = ["--quiet", "--max-files", "20"];
      const run = await profiled([path, appPath("limits.cjs")], async (started) => {
        const port = await portOf(started);
        const sockets = await openMany(port);
        await started.printed(/all are waiting/);
        const closed = sockets.map((socket) => once(socket, "close"));
        if (end === "release") {
          assert.equal((await ask(port, "/release")).body, `released ${OPEN}\n`);
          await Promise.all(sockets.map(answered));
        }
        started.kill("SIGTERM");
        await Promise.all(closed);
      }, { options });
      const counts = new Map<string, number>();
      for (const it of run.index.filter((it) => it.path.startsWith("/wait/"))) {
        counts.set(it.outcome, (counts.get(it.outcome) ?? 0) + 1);
      }
      assert.deepEqual(counts, new Map([[outcome, OPEN]]));
      checkLaws(run);
    }
  });

  Deno.test(`headers and a URL of 1 MB are served, listed and named, on node ${version}`, async () => {
    const size = 1_000_000;
    const command = [path, "--max-http-header-size=4000000", appPath("limits.cjs")];
    const run = await profiled(command, async (started) => {
      const port = await portOf(started);
      const answer = await ask(port, `/${"u".repeat(size)}`, { headers: { "x-big": "h".repeat(size) } });
      assert.equal(answer.body, `${size + 1} ${size}\n`);
      started.kill("SIGTERM");
    });
    checkLaws(run);
    const [entry] = run.index;
    assert.equal(entry?.outcome, "finished");
    assert.ok(entry.files[0]!.length <= 255, "a name that every system takes");
    assert.ok(run.stderr.length < 10_000, `${run.stderr.length} characters on the terminal`);
  });

  Deno.test(`a recursion of 50,000 frames is profiled in all formats, and they convert, on node ${version}`, async () => {
    const directory = await mkdtemp(join(tmpdir(), "limits-"));
    try {
      const formats = "cpuprofile,callgrind,pprof,speedscope,folded";
      const own = ["--prof-path", directory, "--prof-file", "deep", "--format", formats];
      // 50,000 frames of this function take less than 6 MB of the 8 MB that a main thread has.
      const command = [path, "--stack-size=7000", appPath("limits.cjs")];
      const started = new Started([...forms.executable, ...own, "--", ...command]);
      const answer = await ask(await portOf(started), "/deep/50000");
      assert.equal(answer.body, "depth 50000\n");
      started.kill("SIGTERM");
      await started.ended;
      const names = (await readdir(directory)).filter((it) => it.startsWith("deep."));
      assert.deepEqual(
        names.sort(),
        ["callgrind", "cpuprofile", "folded", "pb.gz", "speedscope.json"].map((it) => `deep.${it}`),
      );
      for (const name of names.filter((it) => it !== "deep.callgrind")) {
        const out = join(directory, "out", name);
        const convert = ["convert", join(directory, name), "--format", "callgrind", "--out", out];
        const { code, stderr } = await new Started([...forms.executable, ...convert]).ended;
        assert.deepEqual([code, (await readdir(out)).length], [0, 1], stderr);
      }
    } finally {
      await rm(directory, { recursive: true, force: true });
    }
  });

  Deno.test(`a stream over several windows is one profile with all of its work, on node ${version}`, async () => {
    const make = () =>
      profiled([path, appPath("limits.cjs")], async (started) => {
        await ask(await portOf(started), "/stream/60");
        started.kill("SIGTERM");
      });
    const streamed = (run: Run) =>
      samplesUnder(JSON.parse(contentOf(run, run.index[0]!.files[0]!)) as CpuProfile, "stream");
    const run = await seenRun(make, "60 samples of the stream", (run) => streamed(run) >= 60);
    const [entry] = run.index;
    assert.ok(entry!.duration > 3000 && entry!.cpu > 100, JSON.stringify(entry));
    assert.ok(streamed(run) >= 60, `${streamed(run)} samples`);
    // The last window ends with the server.
    const windows = run.record.cost.turns + 1;
    assert.ok(windows >= 3, `${windows} windows`);
  });
}
