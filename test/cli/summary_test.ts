import assert from "node:assert/strict";
import { join } from "node:path";
import { plain } from "../../src/cli/colours.ts";
import { addRequest, emptyTable } from "../../src/analysis/routes.ts";
import { nothingCame, withoutProfile } from "../../src/cli/nothing_came.ts";
import { fatalHooksText, summaryText } from "../../src/cli/summary.ts";
import { NO_COST } from "../../src/protocol/messages.ts";
import { entryOf, totalsOf } from "../cli/entries.ts";

const directory = join("/", "tmp", "profsrv-x");
const table = emptyTable();

Deno.test("a run is summed up by route, with what was attributed, what it cost and where to look", () => {
  const table = emptyTable();
  const blockers = [{ id: "s", ms: 2 }];
  for (let at = 0; at < 3; at++) addRequest(table, entryOf({ id: `u${at}`, blockers }));
  addRequest(
    table,
    entryOf({
      id: "s",
      route: "/slow",
      url: "/slow",
      duration: 400,
      cpu: 390,
      blocked: 0,
      wait: 10,
      hot: { function: "burn", file: "/app/work.ts", line: 7, self: 380 },
      files: ["slow.cpuprofile"],
    }),
  );
  const totals = totalsOf({
    requests: 4,
    files: 4,
    limited: 3,
    samples: { attributed: 1200, unattributed: 34, idle: 5000 },
    cost: { ...NO_COST, turns: 12, turnTime: 10.25, longestTurn: 1.7, noticeTime: 52.04 },
  });
  const text = summaryText({ table, totals, directory }, plain);
  assert.equal(
    text,
    `
4 requests in 10.0 s, 4 profiles in ${directory}

route           count  p50 ms  p95 ms    cpu  blocked  wait  hot function   (cpu, blocked, wait: ms per request)
GET /slow           1   400.0   400.0  390.0      0.0  10.0  burn work.ts:7
GET /users/:id      3    12.3    12.3    3.1      2.0   7.2

Most CPU: GET /slow, 390 ms a request: burn (work.ts:7)
Most blocked: GET /users/:id, 2.0 of 12 ms by GET /slow
Look at GET /slow first: profsrv report ${directory} --route 'GET /slow'
or open the profile of its slowest request in Chrome DevTools (Performance > Load profile) or VS Code: ${
      join(directory, "slow.cpuprofile")
    }

Attributed 97.2 % of 1,234 samples to requests; the rest, 34, ran outside of them: start-up, connections, parsing.
The profiler stopped the server 12 times for 10.3 ms in all (0.10 % of the run), 1.7 ms at most; following its requests took some 52.0 ms (0.52 % of the run).
Without a profile: --max-files or --max-size left out 3 requests.
`,
  );
});

/** What is known of a run without requests, and why there are none. */
const nothing: [about: Parameters<typeof totalsOf>[0], exit: { signal?: string }, sentence: RegExp][] = [
  [
    { processes: 0 },
    {},
    /^no server of node:http or Deno\.serve listened where the profiler was loaded \(a process or worker thread with other NODE_OPTIONS does not load it, nor do bun and workerd\)$/,
  ],
  [{ processes: 0 }, { signal: "SIGKILL" }, /^the command was killed before a server listened$/],
  [{ processes: 0, isLoaded: false }, {}, /^no node or deno process of the command loaded the profiler/],
  [
    { processes: 0, oldNodes: ["14.21.3"] },
    {},
    /^no server listened on Node 18 or newer; the command ran Node 14\.21\.3$/,
  ],
  [{ processes: 0, refusals: ["process 7 says why"] }, {}, /^process 7 says why$/],
  [
    { processes: 1, listening: 0 },
    {},
    /^a server was about to listen, but could not: its address may be taken \(EADDRINUSE\)/,
  ],
  [
    { processes: 1, listening: 0, silent: ["node 24.0.0"] },
    {},
    /^a server was killed before it could tell whether it listened$/,
  ],
  [
    { silent: ["node 24.0.0"] },
    {},
    /^the server was killed before it told of a request; what came in its last 0\.1 s, if anything/,
  ],
  [{}, {}, /^a server listened, but no request came$/],
];

for (const [known, exit, sentence] of nothing) {
  Deno.test(`a run without requests says why: ${JSON.stringify([known, exit])}`, () => {
    const text = summaryText({ table, totals: totalsOf(known), directory, exit }, plain);
    assert.match(text, /^profsrv: nothing was profiled: [^\n]+\.\n$/);
    assert.match(text.slice("profsrv: nothing was profiled: ".length, -2), sentence);
  });
}

Deno.test("a run under way has no requests yet, which is no reason for anything", () => {
  const text = (known: Parameters<typeof totalsOf>[0]) =>
    nothingCame(totalsOf(known), { isOver: false, exit: {} });
  assert.equal(text({}), "profsrv: no request has ended yet.");
  assert.equal(text({ processes: 0 }), "profsrv: no request has ended yet, no server has been seen yet.");
});

Deno.test("which option left how many requests without a profile is said", () => {
  const text = (known: Parameters<typeof totalsOf>[0]) =>
    withoutProfile(totalsOf({ requests: 1200, ...known }));
  assert.deepEqual(text({ files: 1200 }), []);
  assert.deepEqual(text({ leftOut: { only: 1200, skip: 0 } }), [
    "No profile was written: --only left out all 1,200 requests.",
  ]);
  assert.deepEqual(text({ requests: 1, leftOut: { sample: 1 } }), [
    "No profile was written: --sample left out 1 request.",
  ]);
  assert.deepEqual(text({ leftOut: { only: 200, "min-duration": 1000 } }), [
    "No profile was written: --min-duration left out 1,000 requests, --only 200.",
  ]);
  assert.deepEqual(text({ files: 100, leftOut: { trigger: 7 }, limited: 3 }), [
    "Without a profile: --trigger left out 7 requests, --max-files or --max-size 3.",
  ]);
});

Deno.test("what was lost is said, and only that", () => {
  const drops = { windows: 1, requests: 0, switches: 2, unreadable: 0, unwritten: 3, unlisted: 0 };
  const text = summaryText({ table, totals: totalsOf({ requests: 1, drops }), directory }, plain);
  assert.match(text, /^Lost: 1 profile window, 2 context switches, 3 profiles that could not be written\.$/m);
  assert.ok(!summaryText({ table, totals: totalsOf({ requests: 1 }), directory }, plain).includes("Lost"));
});

Deno.test("what stands for several routes in the table is said", () => {
  const table = emptyTable();
  const names = Array.from(
    { length: 100 },
    (_, index) => "abcdefghij"[Math.floor(index / 10)]! + "abcdefghij"[index % 10]!,
  );
  for (const name of names) addRequest(table, entryOf({ route: `/wiki/${name}` }));
  addRequest(table, entryOf({ route: "/wp-login.php", status: 404 }));
  const text = summaryText({ table, totals: totalsOf({ requests: 101 }), directory: "/p" }, plain);
  assert.match(text, /^GET \/wiki\/:x +100 /m);
  assert.match(text, /^\(unknown paths\) +1 /m);
  assert.match(text, /^:x stands for 100 and more names in one place that no framework told a route for\.$/m);
  assert.match(text, /^\(unknown paths\): answered with 404 where no route is known\.$/m);
});

Deno.test("a share of few samples is not said, and a table fits the terminal", () => {
  const table = emptyTable();
  const hot = { function: "f".repeat(100), file: "/app/work.ts", line: 7, self: 380 };
  for (const route of ["/a", `/${"b".repeat(100)}`]) addRequest(table, entryOf({ route, hot }));
  const totals = totalsOf({ requests: 2, samples: { attributed: 190, unattributed: 9, idle: 0 } });
  for (const width of [40, 80, 120]) {
    const text = summaryText({ table, totals, directory, width }, plain);
    assert.doesNotMatch(text, /Attributed/);
    const rows = text.split("\n").filter((it) => /^(?:route|GET)/.test(it));
    assert.equal(rows.length, 3);
    for (const row of rows) assert.ok(row.length <= width, row);
    if (width >= 80) assert.match(rows[1]!, /^GET \/\S+ +1 +12\.3 +12\.3 +3\.1 +2\.0 +7\.2/);
  }
});

Deno.test("a summary never divides by nothing", () => {
  const text = summaryText(
    { table, totals: totalsOf({ requests: 1, endedOn: 1_000_000 }), directory },
    plain,
  );
  assert.ok(!/NaN|Infinity|undefined/.test(text), text);
  assert.match(text, /^No sample was taken while a request ran; the longest took [\d.]+ ms\.$/m);
});

Deno.test("a route cannot command the terminal", () => {
  const table = emptyTable();
  addRequest(table, entryOf({ route: "/\x1b[2J", url: "/\x1b[2J" }));
  assert.ok(!summaryText({ table, totals: totalsOf({ requests: 1 }), directory }, plain).includes("\x1b"));
});

Deno.test("what a killed server could not write is said, and not that its requests were short", () => {
  const silent = ["node 26.10.0"];
  const text = summaryText({ table, totals: totalsOf({ requests: 1, silent }), directory }, plain);
  assert.match(
    text,
    /^Lost: 1 process was killed: samples of the last second and requests of the last 0\.1 s, at most\.$/m,
  );
  assert.doesNotMatch(text, /No sample was taken/);
});

Deno.test("where windows are lost it is not said that no sample was taken", () => {
  for (const lost of [{ windows: 1 }, { unreadable: 1 }]) {
    const table = emptyTable();
    addRequest(table, entryOf({}));
    const { drops } = totalsOf({});
    const totals = totalsOf({ requests: 1, drops: { ...drops, ...lost } });
    const text = summaryText({ table, totals, directory }, plain);
    assert.match(text, /^Lost: 1 /m);
    assert.doesNotMatch(text, /No sample was taken/);
  }
});

Deno.test("code 7 is explained where a hook may be the reason", () => {
  for (const version of ["18.20.8", "20.18.3", "20.19.9", "22.21.1", "23.0.0"]) {
    assert.match(
      fatalHooksText(7, { silent: [`node ${version}`] }) ?? "",
      /^node .* ended with code 7: a stack overflow/,
    );
  }
  for (const runtime of ["node 20.20.2", "node 22.23.3", "node 24.9.0", "node 26.10.0", "deno 2.9.6"]) {
    assert.equal(fatalHooksText(7, { silent: [runtime] }), undefined);
  }
  assert.equal(fatalHooksText(1, { silent: ["node 18.20.8"] }), undefined);
  assert.equal(fatalHooksText(7, { silent: [] }), undefined, "it said goodbye");
});
