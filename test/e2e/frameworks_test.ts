/** What frameworks bring as servers: Next.js, developing and in production, and the one of Vite, with a browser as their client. */
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import process from "node:process";
import { promisify } from "node:util";
import { chromium, documentAt } from "../support/browser.ts";
import { profiles } from "../support/compatibility.ts";
import { checkLaws, type CpuProfile, functionsOf } from "../support/laws.ts";
import { ask, contentOf, profiled, type Run, type Started } from "../support/profiled.ts";
import { installedProject } from "../support/projects.ts";
import { missing, runtimes } from "../support/runtimes.ts";

const browser = chromium();
if (browser === undefined) {
  missing("a browser loads the frameworks' pages", "there is no chromium on the PATH");
}

/** Their servers are the same on every Node that they support: the newest is enough. */
const node = (await runtimes()).filter(({ kind, version }) =>
  kind === "node" && Number.parseInt(version) >= 26
)
  .at(-1);

const env = { NEXT_TELEMETRY_DISABLED: "1", BROWSER: "none", NO_COLOR: "1", NODE_ENV: undefined };

interface Framework {
  readonly name: string;
  readonly project: string;
  readonly args: readonly string[];
  /** Arguments of the run before that makes what is served. */
  readonly build?: readonly string[];
  /** What is asked for, and what the answer must have in it. */
  readonly pages: readonly (readonly [path: string, text: string])[];
  /** What a browser loads, and what must be on the page when its scripts have run. */
  readonly browsed: readonly [path: string, text: string];
  /** Paths whose handlers compute, and the function that does, unless its name is lost. */
  readonly shows: readonly (readonly [path: string, functionName: string])[];
  /** The page keeps a WebSocket open. */
  readonly isLive: boolean;
}

const next = "node_modules/next/dist/bin/next";
const shop: Pick<Framework, "project" | "pages" | "browsed" | "shows"> = {
  project: "next",
  pages: [["/", "welcome"], ["/shop/1", "item"], ["/api/hello", `{"hello":"world"}`]],
  browsed: ["/shop/7", ">7</h1>"],
  shows: [["/shop/1", "computeForPage"], ["/api/hello", "computeForPage"]],
};

const frameworks: readonly Framework[] = [
  {
    name: "Vite 8, its own server",
    project: "vite",
    args: ["node_modules/vite/bin/vite.js", "--port", "0", "--host", "127.0.0.1"],
    pages: [["/", "/src/main.jsx"], ["/src/main.jsx", "made by vite"]],
    browsed: ["/?browser", `<h1 id="ready">made by vite</h1>`],
    shows: [],
    isLive: true,
  },
  { name: "Next.js 16, next dev", args: [next, "dev", "-p", "0"], isLive: true, ...shop },
  {
    ...shop,
    name: "Next.js 16, next start",
    build: [next, "build"],
    args: [next, "start", "-p", "0"],
    // Its build is minified, without maps for the server.
    shows: [["/shop/1", ""], ["/api/hello", ""]],
    isLive: false,
  },
];

/** The port in the address that the server prints. */
async function portOf(started: Started): Promise<number> {
  return Number((await started.printed(/http:\/\/(?:localhost|127\.0\.0\.1):(\d+)\D/))[1]);
}

function checkPages(run: Run, { pages, browsed, shows, isLive }: Framework): void {
  checkLaws(run);
  const paths = [...pages.map(([path]) => path), ...(browser === undefined ? [] : [browsed[0]])];
  for (const path of paths) {
    const entries = run.index.filter(({ url }) => url === path);
    assert.ok(entries.length > 0, `${path} is in the index`);
    for (const { method, status, outcome, files } of entries) {
      assert.deepEqual([method, status, outcome, files.length], ["GET", 200, "finished", 1], path);
    }
  }
  for (const [path, name] of shows) {
    const { files, samples } = run.index.find(({ url }) => url === path)!;
    assert.ok(samples > 5, `${path} has ${samples} samples`);
    if (name === "") continue;
    const names = functionsOf(JSON.parse(contentOf(run, files[0]!)) as CpuProfile);
    assert.ok(names.has(name), `${name} is in the profile of ${path}: ${[...names].join(", ")}`);
  }
  for (const { path, route } of run.index) if (path.startsWith("/shop/")) assert.equal(route, "/shop/:id");
  const isUpgraded = run.index.some(({ method, status }) => method === "WEBSOCKET" && status === 101);
  if (browser !== undefined) assert.equal(isUpgraded, isLive, "the page's WebSocket");
}

for (const framework of frameworks) {
  const { name, project, build, args, pages, browsed } = framework;
  if (node === undefined) {
    missing(name, "it is tested on node 26, which MATRIX=all brings");
    continue;
  }
  const cwd = await installedProject(project);
  if (cwd === undefined) {
    missing(name, `test/projects/${project} is not installed: MATRIX=all does that`);
    continue;
  }
  profiles({ group: "Frameworks", name }, node, async () => {
    await rm(join(cwd, ".next"), { recursive: true, force: true });
    if (build !== undefined) {
      await promisify(execFile)(node.path, [...build], { cwd, env: { ...process.env, ...env } });
    }
    const run = await profiled([node.path, ...args], async (started) => {
      const port = await portOf(started);
      for (const [path, text] of pages) {
        const { status, body } = await ask(port, path, { agent: false });
        assert.equal(status, 200, body);
        assert.ok(body.includes(text), `${path}: ${body}`);
      }
      if (browser !== undefined) {
        const html = await documentAt(browser, `http://localhost:${port}${browsed[0]}`);
        assert.ok(html.includes(browsed[1]), html);
      }
      started.kill("SIGTERM");
    }, { cwd, env });
    checkPages(run, framework);
  });
}
