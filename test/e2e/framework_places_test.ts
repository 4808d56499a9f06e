/** Frameworks run what they made of the sources: the hot function has its name and place there, developing and in production. */
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { realpath } from "node:fs/promises";
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import process from "node:process";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { checkLaws, type CpuProfile } from "../support/laws.ts";
import { ask, contentOf, profiled, type Run } from "../support/profiled.ts";
import { installedProject } from "../support/projects.ts";
import { missing, runtimes } from "../support/runtimes.ts";

interface Framework {
  readonly name: string;
  readonly project: string;
  /** The file that has `burnPrimes`, in line 8. */
  readonly file: string;
  /** Arguments for its server that develops; the port is added where one is missing. */
  readonly dev: readonly string[];
  /** Arguments for its build, and for what that made. */
  readonly build?: readonly string[];
  readonly start?: readonly string[];
}

const VITE = "node_modules/vite/bin/vite.js";
const REACT_ROUTER = "node_modules/@react-router/dev/bin.cjs";
const ASTRO = "node_modules/astro/bin/astro.mjs";
const NUXT = "node_modules/nuxt/bin/nuxt.mjs";
const ON = ["--host", "127.0.0.1", "--port"];

const frameworks: readonly Framework[] = [
  { name: "Vite, ssrLoadModule", project: "bundlers", file: "burn.ts", dev: ["ssr.mjs"] },
  {
    name: "SvelteKit",
    project: "sveltekit",
    file: "src/lib/burn.ts",
    dev: [VITE, "dev", ...ON],
    build: [VITE, "build"],
    start: ["build/index.js"],
  },
  {
    name: "React Router",
    project: "react_router",
    file: "app/burn.ts",
    dev: [REACT_ROUTER, "dev", ...ON],
    build: [REACT_ROUTER, "build"],
    start: ["node_modules/@react-router/serve/bin.cjs", "build/server/index.js"],
  },
  {
    name: "Astro",
    project: "astro",
    file: "src/burn.ts",
    dev: [ASTRO, "dev", ...ON],
    build: [ASTRO, "build"],
    start: ["dist/server/entry.mjs"],
  },
  {
    name: "Nuxt",
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
const paths = ["/shop/1", "/shop/2"];

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

/** Asks for both pages, one after the other was written. */
async function visit(args: readonly string[], cwd: string, isProduction: boolean): Promise<Run> {
  const port = await freePort();
  const production = { NODE_ENV: "production", HOST: "127.0.0.1" };
  const env = { ...quiet, PORT: String(port), ...(isProduction ? production : {}) };
  const command = [node!.path, ...args, ...(args.at(-1) === "--port" ? [String(port)] : [])];
  return await profiled(command, async (started) => {
    await started.printed(new RegExp(`http://\\S+:${port}\\b`));
    for (const path of paths) {
      const { status, body } = await ask(port, path, { agent: false, headers: { accept: "text/html" } });
      assert.equal(status, 200, body);
      const item = path.replace("/shop/", "item ");
      assert.ok(body.replace(/<!--.*?-->/g, "").includes(item), body);
      await started.printed(new RegExp(`"GET ${path} `), "stderr");
    }
    started.kill("SIGTERM");
  }, { cwd, env });
}

function checkBurner(run: Run, place: string): void {
  checkLaws(run);
  for (const path of paths) {
    const places = run.index.filter((it) => it.path === path).flatMap(({ files }) =>
      (JSON.parse(contentOf(run, files[0]!)) as CpuProfile).nodes
        .filter(({ callFrame }) => callFrame.functionName === "burnPrimes")
        .map(({ callFrame: { url, lineNumber } }) => `${url}:${lineNumber + 1}`)
    );
    assert.deepEqual([...new Set(places)], [place], path);
  }
}

for (const { name, project, file, dev, build, start } of frameworks) {
  if (node === undefined) {
    missing(`${name}'s functions`, "they are tested on node 26, which MATRIX=all brings");
    continue;
  }
  const cwd = await installedProject(project);
  if (cwd === undefined) {
    missing(`${name}'s functions`, `test/projects/${project} is not installed: MATRIX=all does that`);
    continue;
  }
  const place = `${pathToFileURL(join(await realpath(cwd), file)).href}:8`;
  Deno.test(`${name}, developing: the hot function stands where it was written`, async () => {
    checkBurner(await visit(dev, cwd, false), place);
  });
  if (build === undefined || start === undefined) continue;
  Deno.test(`${name}, in production: the hot function stands where it was written`, async () => {
    await promisify(execFile)(node.path, [...build], { cwd, env: { ...process.env, ...quiet } });
    checkBurner(await visit(start, cwd, true), place);
  });
}
