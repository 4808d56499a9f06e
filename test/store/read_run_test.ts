import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { readIndex, readRunRecord } from "../../src/store/read_run.ts";
import { inDirectory, specialFiles } from "../support/special_files.ts";

const entry = {
  v: 1,
  id: "ab-1",
  pid: 1,
  tid: 0,
  runtime: "node 24.0.0",
  method: "GET",
  url: "/",
  path: "/",
  route: "/",
  http: "1.1",
  status: 200,
  bytes: 1,
  start: "2026-11-23T00:43:08.550Z",
  duration: 3,
  cpu: 1,
  blocked: 1,
  wait: 1,
  gc: 0,
  samples: 1,
  outcome: "finished",
  files: ["a/b.cpuprofile"],
};
const counts = {
  totals: { requests: 1, files: 1, limited: 0, processes: 1 },
  attribution: { attributed: 1, unattributed: 0, idle: 0 },
  cost: {
    startTime: 1,
    stopTime: 0,
    turns: 1,
    turnTime: 0,
    longestTurn: 0,
    notices: 0,
    noticeTime: 0,
    bytes: 0,
  },
  drops: { windows: 0, requests: 0, switches: 0, unreadable: 0, unwritten: 0, unlisted: 0 },
};
const record = {
  v: 1,
  profsrv: "0.1.0",
  command: ["node"],
  start: "2026-11-23T00:43:08.550Z",
  end: null,
  exit: null,
  ...counts,
};

/** Lines that are none of ours. */
const damaged: readonly string[] = [
  "null",
  "[]",
  "5",
  '"x"',
  "{}",
  "{",
  "",
  "\0",
  ...Object.keys(entry).map((key) => JSON.stringify({ ...entry, [key]: undefined })),
  ...Object.keys(entry).map((key) => JSON.stringify({ ...entry, [key]: null })),
  ...["id", "method", "url", "path", "route", "http", "runtime", "start", "outcome", "files"].map((key) =>
    JSON.stringify({ ...entry, [key]: 5 })
  ),
  ...["pid", "status", "duration", "cpu", "samples"].map((key) => JSON.stringify({ ...entry, [key]: "5" })),
  JSON.stringify(entry).replace('"duration":3', '"duration":1e999'),
  JSON.stringify({ ...entry, duration: -1 }),
  JSON.stringify({ ...entry, start: "tomorrow" }),
  JSON.stringify({ ...entry, start: "9999-99-99T99:99:99.999Z" }),
  JSON.stringify({ ...entry, outcome: "\x1b[2J" }),
  ...[
    "../../etc/passwd",
    "/etc/passwd",
    "a/../../b",
    "..",
    "",
    "a//b",
    "C:\\x",
    "..\\x",
    "a:b",
    "./a",
    5,
    null,
  ].map(
    (it) => JSON.stringify({ ...entry, files: [it] }),
  ),
  JSON.stringify({ ...entry, url: "x".repeat(2 ** 20) }),
];

Deno.test("lines of an index that are none of ours are left out and counted, one by one", () =>
  inDirectory(async (directory) => {
    const good = JSON.stringify(entry);
    writeFileSync(join(directory, "index.ndjson"), [good, ...damaged, good].join("\n") + "\n");
    let left = 0;
    const found = [];
    for (const it of readIndex(directory, "", () => left++)) found.push(it);
    assert.deepEqual(found, [entry, entry]);
    assert.equal(left, damaged.length);
  }));

Deno.test("only what began since is given, and an index that is missing is empty", () =>
  inDirectory(async (directory) => {
    for (const _ of readIndex(directory, "")) assert.fail();
    writeFileSync(join(directory, "index.ndjson"), JSON.stringify(entry));
    for (const _ of readIndex(directory, "2026-11-23T00:43:08.551Z", assert.fail)) assert.fail();
  }));

Deno.test("a run.json is read as it was written; what an older profsrv did not count is 0", () =>
  inDirectory((directory) => {
    const write = (value: unknown) => writeFileSync(join(directory, "run.json"), JSON.stringify(value));
    write(record);
    assert.deepEqual(readRunRecord(directory), {
      ...record,
      totals: { ...record.totals, listening: record.totals.processes },
    });
    write({ ...record, drops: {}, cost: { more: [1], turns: 3 } });
    assert.deepEqual([readRunRecord(directory)!.drops, readRunRecord(directory)!.cost.turns], [
      counts.drops,
      3,
    ]);
  }));

Deno.test("a run.json that is missing is none; a damaged, foreign or newer one is said to be that", () =>
  inDirectory((directory) => {
    assert.equal(readRunRecord(directory), undefined);
    for (
      const [text, what] of [
        ...["", "{", "null", "[]", "5"].map((it) => [it, /is damaged: expected an object in JSON$/] as const),
        ...["{}", '{"v":1}', '{"scripts":{}}'].map((it) => [it, /is not one of profsrv's$/] as const),
        [
          '{"v":2,"profsrv":"9.1.0"}',
          /is of version 2, which profsrv 9\.1\.0 wrote; this one, .+, reads version 1$/,
        ],
      ] as const
    ) {
      writeFileSync(join(directory, "run.json"), text);
      assert.throws(() => readRunRecord(directory), what, text);
    }
  }));

const wrong: readonly (readonly [key: string, value: unknown])[] = [
  ["command", "node"],
  ["command", [1]],
  ["start", 5],
  ["start", "\x1b[2J"],
  ["end", 5],
  ["end", undefined],
  ["exit", "0"],
  ["exit", { code: "0" }],
  ["exit", { signal: 9 }],
  ["totals", null],
  ["totals", { requests: "1" }],
  ["totals", { requests: -1 }],
  ["attribution", []],
  ["cost", { turns: {} }],
  ["drops", undefined],
];
for (const [key, value] of wrong) {
  Deno.test(`a run.json with "${key}": ${JSON.stringify(value)} is refused in half a sentence`, () =>
    inDirectory((directory) => {
      writeFileSync(join(directory, "run.json"), JSON.stringify({ ...record, [key]: value }));
      assert.throws(() => readRunRecord(directory), { reason: `its run.json has no sound "${key}"` });
    }));
}

for (const { what, refused, make } of specialFiles) {
  Deno.test(
    `neither file is read where it is ${what}`,
    { ignore: process.platform === "win32" },
    () =>
      inDirectory(async (directory, other) => {
        writeFileSync(other, JSON.stringify(record));
        const closers = [
          await make(join(directory, "run.json"), other),
          await make(join(directory, "index.ndjson"), other),
        ];
        assert.throws(() => readRunRecord(directory), refused);
        await assert.rejects(async () => {
          for (const _ of readIndex(directory, "")) assert.fail();
        }, refused);
        for (const close of closers) close?.();
      }),
  );
}
