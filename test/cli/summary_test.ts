import assert from "node:assert/strict";
import { join } from "node:path";
import { plain } from "../../src/cli/colours.ts";
import { addRequest, emptyTable } from "../../src/analysis/routes.ts";
import { fatalHooksText, summaryText } from "../../src/cli/summary.ts";
import { NO_COST } from "../../src/protocol/messages.ts";
import { entryOf, totalsOf } from "../cli/entries.ts";

const directory = join("/", "tmp", "profsrv-x");
const table = emptyTable();

Deno.test("a run is summed up by route, with what was attributed, what it cost and where to look", () => {
  const table = emptyTable();
  for (let at = 0; at < 3; at++) addRequest(table, entryOf());
  addRequest(table, entryOf({ route: "/slow", url: "/slow", duration: 400, cpu: 390, blocked: 0, wait: 10 }));
  const totals = totalsOf({
    requests: 4,
    files: 4,
    samples: { attributed: 1200, unattributed: 34, idle: 5000 },
    cost: { ...NO_COST, turns: 12, turnTime: 10.25, longestTurn: 1.7, noticeTime: 52.04 },
  });
  const text = summaryText({ table, totals, directory }, plain);
  assert.equal(
    text,
    `
4 requests in 10.0 s, 4 profiles in ${directory}

route           count  p50 ms  p95 ms    cpu  blocked  wait   (cpu, blocked, wait: ms per request)
GET /slow           1   ${p(400)}   ${p(400)}  390.0      0.0  10.0
GET /users/:id      3    ${p(12.3)}    ${p(12.3)}    3.1      2.0   7.2

Attributed 97.2 % of 1,234 samples to requests; the rest, 34, ran outside of them: start-up, connections, parsing.
The profiler stopped the server 12 times for 10.3 ms in all (0.10 % of the run), 1.7 ms at most; following its requests took some 52.0 ms (0.52 % of the run).
Slowest: GET /slow, 400.0 ms: ${join(directory, "users.42.000012ms.1795328978.cpuprofile")}
Open it in Chrome DevTools (Performance > Load profile) or in VS Code.
`,
  );
});

/** What a histogram makes of a duration. */
function p(value: number): string {
  const bucket = Math.round(Math.log(value / 0.001) / Math.log(1.02));
  return (0.001 * 1.02 ** bucket).toFixed(1);
}

Deno.test("a run without requests says why", () => {
  const nobody = totalsOf({ processes: 0 });
  assert.equal(
    summaryText({ table, totals: nobody, directory }, plain),
    "profsrv: nothing was profiled: no server of node:http or Deno.serve listened where the profiler was loaded " +
      "(a process with other NODE_OPTIONS does not load it).\n",
  );
  const never = totalsOf({ processes: 0, isLoaded: false });
  assert.match(
    summaryText({ table, totals: never, directory }, plain),
    /no node or deno process of the command loaded/,
  );
  assert.equal(
    summaryText({ table, totals: totalsOf(), directory }, plain),
    "profsrv: nothing was profiled: a server listened, but no request came.\n",
  );
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

Deno.test("a summary never divides by nothing", () => {
  const text = summaryText(
    { table, totals: totalsOf({ requests: 1, endedOn: 1_000_000 }), directory },
    plain,
  );
  assert.ok(!/NaN|Infinity|undefined/.test(text), text);
  assert.match(text, /^No sample was taken while a request ran/m);
});

Deno.test("a route cannot command the terminal", () => {
  const table = emptyTable();
  addRequest(table, entryOf({ route: "/\x1b[2J", url: "/\x1b[2J" }));
  assert.ok(!summaryText({ table, totals: totalsOf({ requests: 1 }), directory }, plain).includes("\x1b"));
});

Deno.test("what a killed server could not write is said, and not that its requests were short or none came", () => {
  const silent = ["node 26.10.0"];
  assert.match(
    summaryText({ table, totals: totalsOf({ silent }), directory }, plain),
    /the server was killed, and requests of its last 0\.1 s/,
  );
  const text = summaryText({ table, totals: totalsOf({ requests: 1, silent }), directory }, plain);
  assert.match(
    text,
    /^Lost: 1 process was killed: samples of the last second and requests of the last 0\.1 s, at most\.$/m,
  );
  assert.doesNotMatch(text, /shorter than the interval/);
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
