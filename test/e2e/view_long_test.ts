/** `profsrv view` of a long run: it answers while it reads, and a million requests fit into its memory. */
import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { makeLongRun } from "../support/long_run.ts";
import { forms, Started } from "../support/profiled.ts";
import { residentOf } from "../support/resident.ts";
import { Viewing } from "../support/viewing.ts";

const REQUESTS = process.env["MATRIX"] === "all" ? 1_000_000 : 100_000;
const MOST_MIB = 400;

Deno.test(
  `${REQUESTS} requests are shown while they are read, in less than ${MOST_MIB} MiB`,
  { ignore: process.platform !== "linux" },
  async () => {
    const directory = await mkdtemp(join(tmpdir(), "view-"));
    makeLongRun(directory, REQUESTS);
    const started = new Started([...forms.executable, "view", directory, "--no-open"]);
    try {
      const viewing = await Viewing.printedBy(started);
      const first = await viewing.until(({ requests }) => requests > 0);
      assert.ok(first.read < 1, "it answers before it has read all");
      const early = await viewing.ask("rows", { from: 0, count: 50 });
      assert.equal(early.rows.length, 50);
      const run = await viewing.until(({ read }) => read === 1);
      assert.deepEqual([run.requests, run.gone], [REQUESTS, REQUESTS], "its profiles are gone");
      for (const sort of ["-duration", "hot", "-url"]) {
        const { matching, rows } = await viewing.ask("rows", { from: REQUESTS - 10, count: 50, sort });
        assert.deepEqual([matching, rows.length], [REQUESTS, 10], sort);
      }
      const { matching } = await viewing.ask("rows", { from: 0, count: 1, q: "status:500" });
      assert.equal(matching, Math.ceil(REQUESTS / 97));
      const { cells } = await viewing.ask("timeline", { columns: 1000, lines: 100 });
      assert.equal(cells!.count.reduce((sum, it) => sum + it, 0), REQUESTS);
      const { entry } = await viewing.ask("request", { id: `1a2b3c4d-${REQUESTS - 5}` });
      assert.equal(entry.id, `1a2b3c4d-${REQUESTS - 5}`);
      assert.equal((await viewing.ask("routes", {})).routes.length, 20);
      const memory = await residentOf(started.child.pid!);
      assert.ok(memory < MOST_MIB, `${memory} MiB`);
    } finally {
      started.child.kill("SIGKILL");
      await rm(directory, { recursive: true, force: true });
    }
  },
);
