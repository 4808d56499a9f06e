/**
 * What `--calls` costs: CPU of the server's process for each request, one at a time, bare, under profsrv, and with calls counted;
 * medians of rounds. `hot` calls a function of one line two million times, `express` answers JSON,
 * `hello` does nothing.
 *
 *     make bench ONLY=calls
 *     deno run -A test/bench/calls.ts [--rounds 5] [--runtime "node 26"]
 */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { parseArgs } from "node:util";
import { ask, forms, Started } from "../support/profiled.ts";
import { installedProject } from "../support/projects.ts";
import { runtimes } from "../support/runtimes.ts";

const { values } = parseArgs({
  options: { rounds: { type: "string", default: "5" }, runtime: { type: "string", default: "" } },
});
const ROUTES = { hello: 300, express: 300, hot: 15 } as const;
const WAYS = { bare: undefined, profsrv: [], "--calls": ["--calls"] } as const;

const server = (express: string | undefined) => `
const http = require("node:http");
let sink = 0;
function small(value) { return (value * 31 + 7) | 0; }
function hot() { for (let i = 0; i < 2e6; i++) sink = small(sink); return String(sink); }
const app = ${express === undefined ? "undefined" : `require(${JSON.stringify(express)})()`};
app?.get("/express", (_request, response) => response.json({ id: 1, name: "one", tags: ["a", "b"] }));
http.createServer((request, response) => {
  if (request.url === "/express") return app(request, response);
  if (request.url === "/cpu") { const { user, system } = process.cpuUsage(); return response.end(String(user + system)); }
  response.end(request.url === "/hot" ? hot() : "hello");
}).listen(0, "127.0.0.1", function () { console.log("port " + this.address().port); });
`;

const project = await installedProject("bench");
const express = project === undefined ? undefined : join(project, "node_modules", "express");
const scratch = mkdtempSync(join(tmpdir(), "bench-calls-"));
try {
  const script = join(scratch, "server.cjs");
  for (const { kind, version, path } of await runtimes()) {
    if (!`${kind} ${version}`.startsWith(values.runtime)) continue;
    // Its loader refuses Express's packages where they stand.
    const hasExpress = kind === "node" && express !== undefined;
    writeFileSync(script, server(hasExpress ? express : undefined));
    const command = kind === "deno" ? [path, "run", "-A", script] : [path, script];
    const figures = new Map<string, number[]>();
    for (let round = 0; round < Number(values.rounds); round++) {
      for (const [way, options] of Object.entries(WAYS)) {
        await measure(command, { way, options, figures, hasExpress });
      }
    }
    console.log(`${kind} ${version}, us of CPU a request`);
    for (const route of Object.keys(ROUTES)) {
      const row = Object.keys(WAYS).map((way) => median(figures.get(`${way} ${route}`) ?? []));
      const ratios = row.slice(1).map((it) => (it / row[0]!).toFixed(2));
      if (!Number.isNaN(row[0])) {
        console.log(`  ${route}: ${row.map((it) => it.toFixed(0)).join(", ")} (x ${ratios.join(", ")})`);
      }
    }
  }
} finally {
  rmSync(scratch, { recursive: true, force: true });
}

async function measure(
  command: readonly string[],
  { way, options, figures, hasExpress }: {
    readonly way: string;
    readonly hasExpress: boolean;
    readonly options: readonly string[] | undefined;
    readonly figures: Map<string, number[]>;
  },
): Promise<void> {
  const directory = mkdtempSync(join(scratch, "run-"));
  const wrapper = options === undefined
    ? []
    : [...forms.executable, "--quiet", "--prof-path", directory, "--max-files", "0", ...options, "--"];
  const started = new Started([...wrapper, ...command]);
  const port = Number((await started.printed(/port (\d+)/))[1]);
  const cpu = async () => Number((await ask(port, "/cpu")).body);
  for (const [route, times] of Object.entries(ROUTES)) {
    if (route === "express" && !hasExpress) continue;
    for (let i = 0; i < times / 3; i++) await ask(port, `/${route}`);
    const before = await cpu();
    for (let i = 0; i < times; i++) await ask(port, `/${route}`);
    const used = (await cpu() - before) / times;
    const key = `${way} ${route}`;
    figures.set(key, [...figures.get(key) ?? [], used]);
  }
  process.kill(started.child.pid!, "SIGTERM");
  await started.ended;
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? NaN;
}
