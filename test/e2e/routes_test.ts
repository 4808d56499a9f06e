/** The right names: what frameworks tell of their routes, what the route is where they tell nothing, and their hot function. */
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtemp, realpath, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import type { IndexEntry } from "../../src/store/entry.ts";
import { routes } from "../support/compatibility.ts";
import { checkBurner } from "../support/places.ts";
import { appPath, ask, profiled, type Run } from "../support/profiled.ts";
import { burner, installedProject } from "../support/projects.ts";
import { missing, type Runtime, runtimes } from "../support/runtimes.ts";

/** What is asked for, by its path or more, and the route that it is to have. */
type Expected = readonly [path: string, route: string, options?: Parameters<typeof ask>[2]];

const runOn = ({ kind, path }: Runtime) => [path, ...(kind === "deno" ? ["run", "-A"] : [])];

/** What servers were asked for, by their names; `others` is what they asked each other. */
interface Found {
  readonly run: Run;
  readonly entries: ReadonlyMap<string, IndexEntry[]>;
  readonly others: readonly IndexEntry[];
}

/** Asks servers, which print their names and ports. */
async function found(
  command: readonly string[],
  expected: Readonly<Record<string, readonly Expected[]>>,
): Promise<Found> {
  const asked: Expected[] = [];
  const names: string[] = [];
  const run = await profiled(command, async (started) => {
    await started.printed(/all listen/);
    for (const [, name = "", port] of started.stdout.matchAll(/^(\w+) (\d+)$/gm)) {
      for (const it of expected[name] ?? []) {
        const [path, , options] = it;
        await ask(Number(port), path, { agent: false, ...options });
        asked.push(it);
        names.push(name);
      }
    }
    started.kill("SIGTERM");
  }, { options: ["--quiet"] });
  assert.equal(asked.length, Object.values(expected).flat().length, run.stderr);
  const entries = new Map<string, IndexEntry[]>();
  // One by one: the index is in their order. What servers ask each other stands between.
  const others = [...run.index];
  asked.forEach(([path], i) => {
    const at = others.findIndex(({ url, http }) => url === path && http === "1.1");
    const [entry] = others.splice(at, 1);
    entries.set(names[i]!, [...entries.get(names[i]!) ?? [], entry!]);
  });
  return { run, entries, others };
}

/** Compares all at once, so that a failure shows the whole. */
function compare(entries: readonly IndexEntry[] | undefined, expected: readonly Expected[]): void {
  assert.deepEqual(
    entries?.map(({ url, route, status }) => [url, route, status]),
    expected.map(([path, route], i) => [path, route, entries?.[i]?.status]),
  );
}

const express: readonly Expected[] = [
  ["/burning/x", "/burning/:id"],
  ["/burning/x/parts/y", "/burning/:id/parts/:part"],
  ["/burning/x/failing", "/burning/:id/failing"],
  ["/plain/7/", "/plain/:id"],
  ["/old/7", "/plain/:id"],
  ["/first/a", "/first/:one"],
  ["/second/b", "/second/:two"],
  ["/commits/abc", "/commits/abc"],
  ["/next/x", "/next/:name"],
  ["/late/x", "/late/:id"],
  ["/guarded/things/x", "/guarded/things/:thing"],
  ["/guarded/failing/x", "/guarded/failing/:thing"],
  ["/orgs/a/users/b", "/orgs/:org/users/:user"],
  ["/orgs/a/users/a/posts/a", "/orgs/:org/users/:user/posts/:post"],
  ["/orgs/a/users/b/failing/c", "/orgs/:org/users/:user/failing/:post"],
  ["/orgs/a/users/b/rendered/c", "/orgs/:org/users/:user/rendered/:post"],
  ["/ORGS/a%20b/users/c/posts/d", "/orgs/:org/users/:user/posts/:post"],
  ["/v1/items/x", "/v1/items/:item"],
  ["/v2/items/x?error=1", "/v2/items/:item"],
  ["/v1/items/x?error=1", "/v1/items/:item"],
  ["/left/items/x?error=1", "/left/items/:item"],
  ["/right/x/items/y?error=1", "/right/:side/items/:item"],
  ["/release-2/notes", "/release-:release/notes"],
  ["/tenants/x/items/y", "/tenants/:tenant/items/:item"],
  ["/tenants/x/failing/y", "/tenants/:tenant/failing/:item"],
  ["/deep/apps/x/items/y", "/deep/apps/:app/items/:item"],
  ["/deep/apps/x/failing/y", "/deep/apps/:app/failing/:item"],
  ["/mixed/x", "/mixed/:one"],
  ["/matched/x", "/matched/x"],
  ["/hidden/x/items/y", "/hidden/:place/items/:item"],
  ["/checked/x/size", "/checked/:item/size"],
  ["/checked/bad/size", "/checked/:item/size"],
  ["/pages/x/y/z", "/pages/:site/y/z"],
  ["/middleware/x/last", "/middleware/:name/last"],
  ["/any/7", "/any/:id"],
  ["/nowhere/x", "/nowhere/x"],
];

const things: readonly Expected[] = [
  ["/things/blue", "/things/:name"],
  ["/things/blue/parts/red", "/things/:name/parts/:part"],
  ["/things/blue/failing", "/things/:name/failing"],
];
/** As patterns are written with braces. */
const braced: readonly Expected[] = things.map((
  [path, route],
) => [path, route.replaceAll(/:(\w+)/g, "{$1}")]);
const nested: readonly Expected[] = [
  ["/orgs/a/users/b/posts/c", "/orgs/:org/users/:user/posts/:post"],
  ["/files/a/b", "/files/*rest"],
  ["/nowhere/x", "/nowhere/x"],
];
const services: readonly Expected[] = [
  ["/things", "/things"],
  ["/things/blue", "/things/:id"],
  ["/things/blue/parts/red", "/things/:thing/parts/:id"],
  ["/things/failing", "/things/:id"],
  ["/nowhere/x", "/nowhere/x"],
];
const paths: readonly Expected[] = things.map(([path]) => [path, path]);
/** Apollo answers no GET without it. */
const preflight = { "apollo-require-preflight": "true" };
const json = { "content-type": "application/json" };
const posted = (query: string, headers = {}) => ({
  method: "POST",
  headers: { ...json, ...headers },
  body: JSON.stringify({ query }),
});

interface Framework {
  readonly name: string;
  readonly mark: Parameters<typeof routes>[2];
  readonly expected: readonly Expected[];
}

/** By their names in servers.mjs of the project. */
const frameworks: Readonly<Record<string, Framework>> = {
  fastify: {
    name: "Fastify 5",
    mark: "pattern",
    expected: [
      ...things,
      ...["", "?denied=1", "?cached=1", "?count=many"].map((query): Expected => [
        `/hooked/x/y${query}`,
        "/hooked/:shop/:name",
      ]),
      ["/nowhere/x", "/nowhere/x"],
    ],
  },
  nestFastify: { name: "Nest 12 on Fastify", mark: "pattern", expected: things },
  nestExpress: { name: "Nest 12 on Express", mark: "pattern", expected: things },
  adonis: {
    name: "Adonis (http-server 9)",
    mark: "pattern",
    expected: [...things, ["/files/a/b", "/files/*"], ["/nowhere/x", "/nowhere/x"]],
  },
  feathersExpress: { name: "Feathers 5 on Express", mark: "pattern", expected: services },
  feathersKoa: { name: "Feathers 5 on Koa", mark: "pattern", expected: services },
  koa: {
    name: "Koa 3, @koa/router",
    mark: "pattern",
    expected: [
      ...things,
      ...nested,
      ["/orgs/a/users/b", "/orgs/:org/users/:user"],
      ["/orgs/a/users/b/left/c", "/orgs/:org/users/:user/left/:it"],
      ["/guarded/x", "/guarded/:name"],
      ["/guarded/x?denied=1", "/guarded/:name"],
      ["/red", "/red"],
      ["/two/x", "/two/:name"],
    ],
  },
  hapi: {
    name: "Hapi 21",
    mark: "pattern",
    expected: [
      ...braced,
      ["/orgs/a/users/b/posts/c", "/orgs/{org}/users/{user}/posts/{post?}"],
      ["/orgs/a/users/b/posts", "/orgs/{org}/users/{user}/posts/{post?}"],
      ["/files/a/b", "/files/{rest*}"],
      ["/inner/x", "/inner/{name}"],
      ["/nowhere/x", "/nowhere/x"],
    ],
  },
  hono: { name: "Hono 4 on Node", mark: "path", expected: paths },
  h3: { name: "h3 1, as in Nitro 2", mark: "path", expected: paths },
  h3Traced: { name: "h3 2 with its tracing plugin", mark: "pattern", expected: things },
  tinyhttp: { name: "tinyhttp 3", mark: "pattern", expected: things },
  polka: { name: "Polka", mark: "pattern", expected: things },
  findMyWay: { name: "find-my-way", mark: "path", expected: paths },
  reactRouter: { name: "React Router 7 behind Express", mark: "path", expected: paths },
  trpc: {
    name: "tRPC 11",
    mark: "operation",
    expected: [
      ["/trpc/things.byName", "/trpc/things.byName"],
      ["/trpc/things.part", "/trpc/things.part"],
      ["/trpc/things.failing", "/trpc/things.failing"],
      ["/trpc/things.byName,things.failing?batch=1", "/trpc/things.byName"],
    ],
  },
  yoga: {
    name: "GraphQL by URL or header (Yoga 5)",
    mark: "operation",
    expected: [
      ["/graphql?query=query+GetThing%7Bthing%7D", "/graphql#GetThing"],
      ["/graphql?query=query+A%7Bthing%7Dquery+B%7Bthing%7D&operationName=B", "/graphql#B"],
      ["/graphql", "/graphql#Named", posted("query Named{failing}", { "x-apollo-operation-name": "Named" })],
      ["/graphql", "/graphql", posted("query Unsaid{thing}")],
    ],
  },
  apollo: {
    name: "GraphQL by URL or header (Apollo 5)",
    mark: "operation",
    expected: [
      ["/graphql?query=query+GetThing%7Bthing%7D", "/graphql#GetThing", { headers: preflight }],
      ["/graphql?query=query+A%7Bthing%7Dquery+B%7Bthing%7D&operationName=B", "/graphql#B", {
        headers: preflight,
      }],
      ["/graphql", "/graphql#Named", posted("query Named{failing}", { "x-apollo-operation-name": "Named" })],
    ],
  },
  graphql17: {
    name: "GraphQL in a body (graphql 17)",
    mark: "operation",
    expected: [
      ["/api", "/api#Told", posted("query Told{thing}")],
      ["/api", "/api#Failing", posted("mutation Failing{failing}")],
      ["/api", "/api", posted("{thing}")],
    ],
  },
  grpc: { name: "gRPC on node:http2", mark: "operation", expected: paths },
};

const all = await runtimes();
const project = await installedProject("frameworks");

const [node] = all.filter(({ kind }) => kind === "node");

/** The newest Node that a package runs on. */
function newest(most = Infinity): Runtime | undefined {
  return all.filter(({ kind, version }) => kind === "node" && Number.parseInt(version) <= most).at(-1);
}

/** What esbuild makes of the burner, by which the handlers are found, in its directory. */
async function buildBurner(directory: string, source: string): Promise<string> {
  const made = join(directory, "burn.mjs");
  const esbuild = join(import.meta.dirname!, "..", "..", "node_modules", "esbuild", "bin", "esbuild");
  const args = [source, `--outfile=${made}`, "--minify", "--sourcemap", "--format=esm", "--log-level=error"];
  await promisify(execFile)(node!.path, [esbuild, ...args]);
  return made;
}

for (const runtime of all) {
  const major = Number.parseInt(runtime.version);
  const isBorder = runtime.kind === "node" && (major === 18 || major >= 26);
  const versions: readonly [name: string, path: string | undefined][] = [
    ["Express 5", "express"],
    ["Express 5.1", isBorder && project ? join(project, "node_modules", "express") : undefined],
    ["Express 4", isBorder && project ? join(project, "node_modules", "express-4") : undefined],
  ];
  for (const [name, path] of versions) {
    if (path === undefined) continue;
    routes(name, runtime, "pattern", async () => {
      const directory = await realpath(await mkdtemp(join(tmpdir(), "profsrv-test-")));
      try {
        const args = [path, name.at("Express ".length)!, await buildBurner(directory, burner.path)];
        const { run, entries } = await found([...runOn(runtime), appPath("express_routes.cjs"), ...args], {
          express,
        });
        compare(entries.get("express"), express);
        checkBurner(run, entries.get("express")!.slice(0, 3), burner.path);
      } finally {
        await rm(directory, { recursive: true, force: true });
      }
    });
  }
  if (runtime.kind === "deno") {
    for (
      const [key, name] of [["hono", "Hono 4 on Deno.serve"], ["plain", "Deno.serve"], [
        "oak",
        "Oak 14 on Deno",
      ]] as const
    ) {
      routes(name, runtime, "path", async () => {
        const { run, entries } =
          await (found([...runOn(runtime), appPath("deno_routes.ts"), key], { [key]: paths }));
        compare(entries.get(key), paths);
        checkBurner(run, entries.get(key)!, burner.path);
      });
    }
  }
}

const newestNode = newest();
if (project === undefined || newestNode === undefined || Number.parseInt(newestNode.version) < 26) {
  missing(
    "what frameworks tell of routes",
    "test/projects/frameworks and node 26 are not there: MATRIX=all brings them",
  );
} else {
  const servers = join(project, "servers.mjs");
  const directory = await realpath(project);
  const source = join(directory, "burn.ts");
  const expected = Object.fromEntries(Object.entries(frameworks).map(([key, it]) => [key, it.expected]));
  const ask = async (command: readonly string[], expected: Parameters<typeof found>[1]) => {
    await buildBurner(directory, source);
    return await found(command, expected);
  };
  let together: Promise<Found> | undefined;
  const all = () => together ??= ask([newestNode.path, servers, ...Object.keys(frameworks)], expected);
  for (const [key, { name, mark, expected }] of Object.entries(frameworks)) {
    routes(name, newestNode, mark, async () => {
      const { run, entries, others } = await all();
      compare(entries.get(key), expected);
      const calls = others.filter(({ http }) => http === "2");
      const served = entries.get(key)!.filter(({ status }) => status !== 404);
      checkBurner(run, key === "grpc" ? calls : served, source);
      if (key !== "grpc") return;
      assert.deepEqual(
        calls.map(({ route }) => route),
        ["GetOneX", "GetPart", "Failing"].map((it) => `/shop.v1.ThingsAPI2/${it}`),
      );
    });
  }
  const alone = (name: string, runtime: Runtime, key: string, args: readonly string[]) =>
    routes(name, runtime, "pattern", async () => {
      const { run, entries } = await ask([runtime.path, ...args], { [key]: things });
      compare(entries.get(key), things);
      checkBurner(run, entries.get(key)!, source);
    });
  alone("OpenTelemetry's http.route, on Koa", newestNode, "telemetry", [join(project, "telemetry.cjs")]);
  // It uses a part of Node that Node 24 no longer has.
  alone("Restify 11 (Node 22)", newest(22)!, "restify", [servers, "restify"]);
}
