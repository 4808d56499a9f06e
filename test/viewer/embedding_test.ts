/** What the file of `profsrv view --html` holds, and what it says of that. */
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { mkdtemp, readdir, readFile, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { addressOf, type Embedded, type Run } from "../../src/viewer/api.ts";
import { Embedding } from "../../src/viewer/embedding.ts";
import { FileSource } from "../../src/viewer/page/file_source.ts";
import { ViewedRun } from "../../src/viewer/viewed_run.ts";
import { makeLongRun } from "../support/long_run.ts";

const REQUESTS = 12;
const NO_LIMIT = 1e9;

/** A profile that takes some 15 kB in the file, however it is compressed, and as much with own code only. */
function cpuProfile(): string {
  const frame = { scriptId: "0", url: "", lineNumber: -1, columnNumber: -1 };
  const names = Array.from({ length: 40 }, () => randomBytes(140).toString("base64"));
  return JSON.stringify({
    nodes: [
      { id: 1, callFrame: { ...frame, functionName: "(root)" }, children: names.map((_, i) => i + 2) },
      ...names.map((functionName, i) => ({
        id: i + 2,
        callFrame: { scriptId: "1", url: "file:///app/a.js", lineNumber: i, columnNumber: 0, functionName },
      })),
    ],
    startTime: 0,
    endTime: 1000 * names.length,
    samples: names.map((_, i) => i + 2),
    timeDeltas: names.map(() => 1000),
  });
}

Deno.test("a file that is full says how many of the slowest requests it has, and how many it leaves out", async (test) => {
  const directory = await realpath(await mkdtemp(join(tmpdir(), "profsrv-test-")));
  try {
    makeLongRun(directory, REQUESTS);
    const lines = (await readFile(join(directory, "index.ndjson"), "utf8")).trim().split("\n");
    const entries = lines.map((it) => JSON.parse(it)).sort((a, b) => b.duration - a.duration);
    for (const { files: [file] } of entries) await writeFile(join(directory, file), cpuProfile());
    assert.equal((await readdir(directory)).length, REQUESTS + 2);

    const embed = async (top: number, most: number) => {
      const run = new ViewedRun(directory, () => false);
      try {
        await run.read();
        const others = { directories: () => [], compare: () => Promise.reject(new Error()) };
        const pageFiles = () => gzipSync("");
        const embedding = new Embedding({ run, notesOn: () => ["A note"], pageFiles, ...others }, most);
        const embedded = await embedding.of(top);
        return { embedded, left: embedding.left, held: await heldIn(embedded) };
      } finally {
        run.close();
      }
    };
    const heldIn = async (embedded: Embedded) => {
      const source = new FileSource(embedded);
      const { notes } = await new Promise<Run>((resolve, reject) => void source.watch(resolve, reject));
      const ids = entries.map(({ id }) => id);
      const has = (id: string) =>
        [
          addressOf("request", { id }),
          ...[false, true].map((own) => addressOf("profile", { id, own })),
        ].filter((it) => Object.hasOwn(embedded.answers, it)).length;
      return { notes, source, parts: ids.map(has) };
    };
    const mergedIn = ({ answers }: Embedded): number =>
      Object.keys(answers).filter((it) => it.startsWith("/api/profile") && !it.includes("id=")).length / 2;
    /** Three answers each of the slowest, none of the others. */
    const slowest = (count: number) => entries.map((_, i) => i < count ? 3 : 0);

    await test.step("with room for all, only --top limits them", async () => {
      const all = await embed(REQUESTS, NO_LIMIT);
      assert.deepEqual([all.left, all.held.notes, all.held.parts], ["", ["A note"], slowest(REQUESTS)]);
      const some = await embed(5, NO_LIMIT);
      assert.deepEqual([some.left, some.held.parts], ["", slowest(5)]);
      assert.deepEqual(some.held.notes, [
        "A note",
        `This file has the profiles of the 5 slowest of ${REQUESTS} requests`,
      ]);
    });

    await test.step("without room for all, none is there in part", async () => {
      const { embedded, left, held: { notes, parts, source } } = await embed(8, 200_000);
      const { slowest: held } = embedded;
      assert.ok(held > 0 && held < 8, `${held} fit`);
      assert.deepEqual(parts, slowest(held));
      const [requests, merged] = left.split(", ");
      assert.equal(requests, `${8 - held} of the 8 slowest requests`);
      const [, leftOut, of] = /^(\d+) of (\d+) merged profiles$/.exec(merged!)!;
      assert.equal(mergedIn(embedded), Number(of) - Number(leftOut));
      assert.deepEqual(notes, [
        "A note",
        `This file has the profiles of the ${held} slowest of ${REQUESTS} requests`,
        `Left out of this file for its size: ${left}`,
      ]);
      const sentence =
        `This file does not hold that. Of the requests with profiles it has the ${held} slowest.`;
      for (const { id } of [entries[held], entries[REQUESTS - 1]]) {
        await assert.rejects(source.ask("request", { id }), { message: sentence });
        await assert.rejects(source.profile({ id, own: true }), { message: sentence });
      }
      assert.equal((await source.ask("request", { id: entries[0].id })).entry.id, entries[0].id);
    });

    await test.step("where not one fits, it says so", async () => {
      const { left, held: { notes, parts } } = await embed(8, 0);
      const merged = mergedIn((await embed(1, NO_LIMIT)).embedded);
      const all = `8 of the 8 slowest requests, ${merged} of ${merged} merged profiles`;
      assert.deepEqual([left, parts], [all, slowest(0)]);
      assert.equal(notes[1], `This file has the profiles of the 0 slowest of ${REQUESTS} requests`);
    });
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
});
