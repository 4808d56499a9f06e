/** Makes the directory of a run with any number of requests, as profsrv would have left it. */
import { closeSync, mkdirSync, openSync, writeFileSync, writeSync } from "node:fs";
import { join } from "node:path";
import { seededRandom } from "../../src/analysis/statistics.ts";

const FUNCTIONS = Array.from({ length: 40 }, (_, i) => ({
  function: `handle${i}`,
  file: `/app/src/routes/${i % 7}.ts`,
  line: 10 + i,
}));

/** Requests of 20 routes at 1000 a second; one in 50 is held up by the one before. */
export function makeLongRun(directory: string, requests: number): void {
  mkdirSync(directory, { recursive: true });
  const next = seededRandom(1);
  const startedOn = Date.UTC(2026, 10, 1);
  const index = openSync(join(directory, "index.ndjson"), "w");
  let lines: string[] = [];
  for (let i = 0; i < requests; i++) {
    const route = Math.floor(next() * 20);
    const cpu = Math.round(next() ** 4 * 40_000);
    const wait = Math.round(next() ** 3 * 90_000);
    const blocked = i % 50 === 0 ? 12_345 : 0;
    lines.push(JSON.stringify({
      v: 1,
      run: "0123456789ab",
      id: `1a2b3c4d-${i + 1}`,
      pid: 4711,
      tid: 0,
      runtime: "node 24.1.0",
      method: route % 5 === 0 ? "POST" : "GET",
      url: `/api/v${route}/items/${Math.floor(next() * 1e6)}?page=${i % 10}`,
      path: `/api/v${route}/items`,
      route: `/api/v${route}/items/:id`,
      pattern: true,
      http: "1.1",
      status: i % 97 === 0 ? 500 : 200,
      bytes: 512,
      start: new Date(startedOn + i).toISOString(),
      duration: (cpu + wait + blocked) / 1000,
      queued: 0,
      cpu: cpu / 1000,
      blocked: blocked / 1000,
      wait: wait / 1000,
      gc: 0,
      samples: 3,
      outcome: "finished",
      hot: { ...FUNCTIONS[(route * 3 + i % 3) % FUNCTIONS.length], self: cpu / 2000 },
      blockers: blocked === 0 ? [] : [{ id: `1a2b3c4d-${i}`, ms: blocked / 1000 }],
      trace: null,
      files: [`api.v${route}.items.${String(i).padStart(8, "0")}.cpuprofile`],
    }));
    if (lines.length === 10_000 || i + 1 === requests) {
      writeSync(index, `${lines.join("\n")}\n`);
      lines = [];
    }
  }
  closeSync(index);
  const counts = { requests, files: 0, limited: 0, processes: 1, listening: 1 };
  writeFileSync(
    join(directory, "run.json"),
    JSON.stringify({
      v: 1,
      profsrv: "0.1.0",
      run: "0123456789ab",
      command: ["node", "server.js"],
      interval: 1000,
      start: new Date(startedOn).toISOString(),
      end: new Date(startedOn + requests + 1000).toISOString(),
      exit: { code: 0 },
      totals: counts,
      attribution: { attributed: 0, unattributed: 0, idle: 0 },
      cost: {},
      drops: {},
    }),
  );
}
