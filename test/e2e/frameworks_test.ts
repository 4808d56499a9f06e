/** What frameworks bring as servers: Next.js, developing and in production, and the one of Vite, with a browser as their client. */
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { cp, realpath, rm } from "node:fs/promises";
import { join } from "node:path";
import process from "node:process";
import { promisify } from "node:util";
import { chromium, documentAt } from "../support/browser.ts";
import { type Lost, profiles, showsRoutes } from "../support/compatibility.ts";
import { checkLaws } from "../support/laws.ts";
import { checkBurner, checkNoOtherLine } from "../support/places.ts";
import { appPath, ask, contentOf, profiled, type Run, type Started } from "../support/profiled.ts";
import { burner, installedProject, sourceOf } from "../support/projects.ts";
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

/** `next dev` kills its server so many milliseconds after a signal; a busy machine needs longer for the last profiles. */
const patience = { NEXT_EXIT_TIMEOUT_MS: "10000" };
const common = {
  ...patience,
  NEXT_TELEMETRY_DISABLED: "1",
  BROWSER: "none",
  NO_COLOR: "1",
  NODE_ENV: undefined,
};

interface Framework {
  readonly name: string;
  readonly project: string;
  /** The project whose pages it has, if not its own. */
  readonly pagesOf?: string;
  readonly args: readonly string[];
  /** Arguments of the run before that makes what is served. */
  readonly build?: readonly string[];
  /** What is asked for, and what the answer must have in it. */
  readonly pages: readonly (readonly [path: string, text: string])[];
  /** What a browser loads, and what must be on the page when its scripts have run. */
  readonly browsed: readonly [path: string, text: string];
  /** Paths whose handlers call the burner, with their routes; the last fails. */
  readonly burning: readonly (readonly [path: string, route: string])[];
  /** What is lost of the burner: all where the build is minified and has no map. */
  readonly lost?: Lost;
  /** A page that fails: to show why takes the server longer than the burner. */
  readonly slowError?: string;
  /** Beside those that all get. */
  readonly variables?: Readonly<Record<string, string>>;
  /** The page keeps a WebSocket open. */
  readonly isLive: boolean;
}

const next = "node_modules/next/dist/bin/next";
const shop: Pick<Framework, "project" | "pages" | "browsed" | "burning"> = {
  project: "next",
  pages: [["/", "welcome"], ["/shop/blue", "item"], ["/shop/blue/parts/red", "item"], [
    "/api/hello",
    `{"hello":"world"}`,
  ]],
  browsed: ["/shop/7", ">7</h1>"],
  burning: [
    ["/api/hello", "/api/hello"],
    ["/shop/blue", "/shop/[item]"],
    ["/shop/blue/parts/red", "/shop/[item]/parts/[part]"],
    ["/shop/blue/failing", "/shop/[item]/failing"],
  ],
};

/** Of two `--require` in NODE_OPTIONS Next.js 15 makes one path, for the server that it starts: it gets the user's, too. */
const preload = { NODE_OPTIONS: `--require ${appPath("work.cjs")}` };
const versions = [
  { version: 16, ...shop },
  { version: 15, ...shop, project: "next15", pagesOf: shop.project, variables: preload },
];

const frameworks: readonly Framework[] = [
  {
    name: "Vite 8, its own server",
    project: "vite",
    args: ["node_modules/vite/bin/vite.js", "--port", "0", "--host", "127.0.0.1"],
    pages: [["/", "/src/main.jsx"], ["/src/main.jsx", "made by vite"]],
    browsed: ["/?browser", `<h1 id="ready">made by vite</h1>`],
    burning: [],
    isLive: true,
  },
  ...versions.flatMap(({ version, ...shop }) => [
    {
      ...shop,
      name: `Next.js ${version}, next dev`,
      args: [next, "dev", "-p", "0"],
      ...(version === 15 ? { slowError: "/shop/blue/failing" } : {}),
      isLive: true,
    },
    {
      ...shop,
      name: `Next.js ${version}, next start`,
      build: [next, "build"],
      args: [next, "start", "-p", "0"],
      // The build of Next.js 15 is minified, without maps for the server.
      ...(version === 15 ? { lost: "all" as const } : {}),
      isLive: false,
    },
  ]),
];

/** The port in the address that the server prints. */
async function portOf(started: Started): Promise<number> {
  return Number((await started.printed(/http:\/\/(?:localhost|127\.0\.0\.1):(\d+)\D/))[1]);
}

async function checkPages(run: Run, framework: Framework, cwd: string): Promise<void> {
  const { pages, browsed, burning, lost, slowError, isLive } = framework;
  checkLaws(run);
  const paths = [...pages.map(([path]) => path), ...(browser === undefined ? [] : [browsed[0]])];
  const entriesOf = (path: string) => run.index.filter(({ url }) => url === path);
  for (const path of paths) {
    assert.ok(entriesOf(path).length > 0, `${path} is in the index`);
    for (const { method, status, outcome, files } of entriesOf(path)) {
      assert.deepEqual([method, status, outcome, files.length], ["GET", 200, "finished", 1], path);
    }
  }
  for (const [path, expected] of burning) {
    const entries = entriesOf(path);
    assert.deepEqual([...new Set(entries.map(({ route }) => route))], [expected], path);
    assert.ok(entries.some(({ samples }) => samples > 0), `${path} has no samples`);
    const burning = entries.filter(({ files }) => contentOf(run, files[0]!).includes(burner.function));
    if (lost !== "all") assert.ok(burning.length > 0, `the burner is in no profile of ${path}`);
    const file = join(await realpath(cwd), "lib", "burn.ts");
    const isOftenHottest = path !== slowError;
    if (lost === undefined) checkBurner(run, burning, file, { isOftenHottest });
    else checkNoOtherLine(run, burning, file);
  }
  for (const { status } of burning.slice(-1).flatMap(([path]) => entriesOf(path))) assert.equal(status, 500);
  const isUpgraded = run.index.some(({ method, status }) => method === "WEBSOCKET" && status === 101);
  if (browser !== undefined) assert.equal(isUpgraded, isLive, "the page's WebSocket");
}

for (const framework of frameworks) {
  const { name, project, pagesOf, build, args, pages, browsed, burning } = framework;
  const env = { ...common, ...framework.variables };
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
    if (pagesOf !== undefined) {
      await cp(join(sourceOf(pagesOf), "app"), join(cwd, "app"), { recursive: true });
    }
    if (build !== undefined) {
      await promisify(execFile)(node.path, [...build], { cwd, env: { ...process.env, ...env } });
    }
    const run = await profiled([node.path, ...args], async (started) => {
      const port = await portOf(started);
      // A busy machine may not let V8's sampler run for the 30 ms that one of these computes.
      for (const [path, text] of [...pages, ...pages, ...pages]) {
        const { status, body } = await ask(port, path, { agent: false });
        assert.equal(status, 200, body);
        assert.ok(body.includes(text), `${path}: ${body}`);
      }
      const [failing] = burning.at(-1) ?? [];
      for (let i = 0; i < 3 && failing !== undefined; i++) await ask(port, failing, { agent: false });
      if (browser !== undefined) {
        const html = await documentAt(browser, `http://localhost:${port}${browsed[0]}`);
        assert.ok(html.includes(browsed[1]), html);
      }
      started.kill("SIGTERM");
    }, { cwd, env });
    await checkPages(run, framework, cwd);
    if (burning.length > 0) showsRoutes(name, "pattern", framework.lost);
  });
}
