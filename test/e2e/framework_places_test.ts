/**
 * Frameworks run what they made of the sources: the hot function has its name and place there, developing and in production. Most
 * of these tell their route to nobody whom they do not know: it is the path.
 */
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { realpath } from "node:fs/promises";
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import process from "node:process";
import { promisify } from "node:util";
import { routes } from "../support/compatibility.ts";
import { checkLaws } from "../support/laws.ts";
import { checkBurner } from "../support/places.ts";
import { ask, contentOf, profiled, type Run } from "../support/profiled.ts";
import { burner, installedProject } from "../support/projects.ts";
import { missing, runtimes } from "../support/runtimes.ts";

interface Framework {
  readonly name: string;
  readonly project: string;
  /** The file that has the burner. */
  readonly file: string;
  /** Arguments for its server that develops; the port is added where one is missing. */
  readonly dev: readonly string[];
  /** Arguments for its build, and for what that made. */
  readonly build?: readonly string[];
  readonly start?: readonly string[];
  /** The routes of `paths`, where they are not the paths. */
  readonly routes?: readonly string[];
}

const VITE = "node_modules/vite/bin/vite.js";
const REACT_ROUTER = "node_modules/@react-router/dev/bin.cjs";
const ASTRO = "node_modules/astro/bin/astro.mjs";
const NUXT = "node_modules/nuxt/bin/nuxt.mjs";
const ON = ["--host", "127.0.0.1", "--port"];

const frameworks: readonly Framework[] = [
  { name: "Vite 8, ssrLoadModule", project: "bundlers", file: "burn.ts", dev: ["ssr.mjs"] },
  {
    name: "SvelteKit 3",
    project: "sveltekit",
    file: "src/lib/burn.ts",
    dev: [VITE, "dev", ...ON],
    build: [VITE, "build"],
    start: ["build/index.js"],
    routes: ["/shop/[id]", "/shop/[id]/parts/[part]", "/shop/[id]/failing"],
  },
  {
    name: "React Router 8",
    project: "react_router",
    file: "app/burn.ts",
    dev: [REACT_ROUTER, "dev", ...ON],
    build: [REACT_ROUTER, "build"],
    start: ["node_modules/@react-router/serve/bin.cjs", "build/server/index.js"],
  },
  {
    name: "Astro 7",
    project: "astro",
    file: "src/burn.ts",
    dev: [ASTRO, "dev", ...ON],
    build: [ASTRO, "build"],
    start: ["dist/server/entry.mjs"],
  },
  {
    name: "Nuxt 4",
    project: "nuxt",
    file: "app/burn.ts",
    dev: [NUXT, "dev", ...ON],
    build: [NUXT, "build"],
    start: [".output/server/index.mjs"],
  },
];

const quiet = {
  NO_COLOR: "1",
  BROWSER: "none",
  ASTRO_TELEMETRY_DISABLED: "1",
  NUXT_TELEMETRY_DISABLED: "1",
  NODE_ENV: undefined,
};
const paths = ["/shop/blue", "/shop/blue/parts/red", "/shop/blue/failing"];

/** They are the same on every Node that they support: the newest is enough. */
const node = (await runtimes()).filter(({ kind, version }) =>
  kind === "node" && Number.parseInt(version) >= 26
).at(-1);

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
}

/** A server that develops may listen before that to which it hands on what is asked. */
async function ready(port: number): Promise<void> {
  while ((await ask(port, "/", { agent: false, headers: { accept: "text/html" } })).status === 503);
}

/** Asks for the pages three times, one after the other was written. */
async function visit(args: readonly string[], cwd: string, isProduction: boolean): Promise<Run> {
  const port = await freePort();
  const production = { NODE_ENV: "production", HOST: "127.0.0.1" };
  const env = { ...quiet, PORT: String(port), ...(isProduction ? production : {}) };
  const command = [node!.path, ...args, ...(args.at(-1) === "--port" ? [String(port)] : [])];
  return await profiled(command, async (started) => {
    await started.printed(new RegExp(`http://\\S+:${port}\\b`));
    await ready(port);
    for (const path of [...paths, ...paths, ...paths]) {
      const seen = started.stderr.length;
      const { status, body } = await ask(port, path, { agent: false, headers: { accept: "text/html" } });
      assert.equal(status, path.endsWith("failing") ? 500 : 200, body);
      const item = `item ${path.split("/").at(-1)}`;
      if (status === 200) assert.ok(body.replace(/<!--.*?-->/g, "").includes(item), body);
      await started.printed(new RegExp(`^[^]{${seen},}"GET ${path} `), "stderr");
    }
    started.kill("SIGTERM");
  }, { cwd, env });
}

function check(run: Run, file: string, expected: readonly string[]): void {
  checkLaws(run);
  for (const [i, path] of paths.entries()) {
    const entries = run.index.filter((it) => it.path === path);
    assert.deepEqual([...new Set(entries.map(({ route }) => route))], [expected[i]]);
    // A server that develops may hand the request on to another process, and makes what is asked for when it is for the first time.
    const burning = entries.filter(({ files }) => contentOf(run, files[0]!).includes(burner.function));
    checkBurner(run, burning, file);
  }
}

for (const { name, project, file, dev, build, start, routes: expected = paths } of frameworks) {
  const mark = expected === paths ? "path" : "pattern";
  if (node === undefined) {
    missing(`${name}'s functions`, "they are tested on node 26, which MATRIX=all brings");
    continue;
  }
  const cwd = await installedProject(project);
  if (cwd === undefined) {
    missing(`${name}'s functions`, `test/projects/${project} is not installed: MATRIX=all does that`);
    continue;
  }
  const source = join(await realpath(cwd), file);
  routes(
    `${name}, developing`,
    node,
    mark,
    async () => check(await visit(dev, cwd, false), source, expected),
  );
  if (build === undefined || start === undefined) continue;
  routes(`${name}, in production`, node, mark, async () => {
    await promisify(execFile)(node.path, [...build], { cwd, env: { ...process.env, ...quiet } });
    check(await visit(start, cwd, true), source, expected);
  });
}
