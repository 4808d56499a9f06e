/** The house rules that a program can check: who may import whom, who may touch the world, how files are called. */
import { deepEqual } from "node:assert/strict";
import { readdir, readFile } from "node:fs/promises";
import { posix } from "node:path";

/** Path from the project's root, with `/`, to text. */
type Files = ReadonlyMap<string, string>;

/** Files that import nothing of ours and that everyone may import. */
const leaves = ["version", "system_error", "process_alive"];

/** The rooms of src/ and the rooms within them, each with those it may import from, besides its own files and the leaves. */
const below: Readonly<Record<string, readonly string[]>> = {
  units: [],
  files: ["units"],
  profile: ["units"],
  formats: ["units", "profile"],
  naming: ["units", "profile"],
  protocol: ["units", "profile"],
  agent: ["units", "protocol"],
  "agent/node/context": ["units", "protocol", "agent"],
  "agent/node": ["units", "protocol", "agent", "agent/node/context"],
  "agent/deno": ["units", "protocol", "agent", "agent/node"],
  "agent/mod": ["protocol", "agent", "agent/node", "agent/node/context", "agent/deno"],
  launch: ["units", "protocol", "files"],
  sources: ["units", "files", "profile"],
  store: ["units", "files", "profile", "formats", "naming", "protocol"],
  collector: ["units", "files", "profile", "formats", "naming", "protocol", "sources", "store"],
  analysis: ["units", "profile", "formats", "protocol", "store"],
  "viewer/api": ["units", "profile", "formats", "store", "analysis"],
  "viewer/query": ["viewer/api"],
  "viewer/table": ["units", "profile", "store", "viewer/api", "viewer/query"],
  "viewer/page": ["units", "analysis", "viewer/api", "viewer/query", "viewer/table"],
  viewer: [
    ...["units", "files", "profile", "formats", "naming", "protocol", "store", "analysis"],
    ...["viewer/api", "viewer/query", "viewer/table"],
  ],
  cli: [
    ...["units", "files", "profile", "formats", "naming", "protocol"],
    ...["launch", "sources", "store", "collector", "analysis", "viewer", "viewer/api"],
  ],
  main: ["launch", "cli"],
};

/** Rooms whose code is only a function of what it is given. */
const pureRooms = ["profile", "formats", "naming", "analysis"];

/** Packages, and the places of each in src/ and build/: one in either. */
const homes: readonly { name: string; home: string }[] = [
  { name: "cac", home: "src/cli/args.ts" },
  { name: "fflate", home: "src/formats/" },
  { name: "fflate", home: "build/release_archives.ts" },
  { name: "pprof-format", home: "src/formats/" },
  { name: "picomatch", home: "src/collector/request_filter.ts" },
  { name: "@jridgewell/trace-mapping", home: "src/sources/script_map.ts" },
  { name: "tinyqueue", home: "src/store/retention.ts" },
  { name: "esbuild", home: "build/" },
  { name: "preact", home: "src/viewer/page/" },
  { name: "@tanstack/virtual-core", home: "src/viewer/page/" },
  { name: "uplot", home: "src/viewer/page/" },
];

const impure = [
  /\bDate\.now\b/,
  /\bnew Date(?:\(\s*\)|(?![\w(]))/,
  /\bperformance\s*[.[]/,
  // Only what the runtime's own has: a profile's process may be called so, too.
  /\bprocess\.(?:argv|cwd|env|exit|hrtime|memoryUsage|nextTick|on|platform|std\w+|versions?)\b/,
  /\bDeno\s*[.[]/,
  /\bglobalThis\b/,
];

/**
 * What reads, writes or replaces files, or makes links. It stands in files/ only, where nothing but regular files is opened
 * and nothing foreign replaced; the agent writes its own spool, with what the application has not replaced.
 */
const doors =
  /\b(?:open|read|write|append|copy|truncate|rename|link|symlink|unlink|cp|createRead|createWrite)(?:File|Stream)?(?:Sync)?\b/;
/** What these touch is the system's, or lies in directories that nobody else can write into. */
const besideTheDoor = [
  "src/collector/tail.ts",
  "src/launch/agent_cache.ts",
  "src/launch/descriptors.ts",
  "src/launch/prepare.ts",
  "src/launch/run_directory.ts",
  "src/process_alive.ts",
  "src/viewer/peer_user.ts",
];

const maxLines = 250;

Deno.test("the sources keep the house rules", async () => {
  deepEqual(violations(await readFiles(["src", "build", "test"])), []);
});

Deno.test("every kind of violation of the house rules is found", () => {
  const file = (lines: string) => `export const x = 1;\n${lines}\n`;
  const found = violations(
    new Map([
      ["src/units.ts", file(`import { a } from "./profile/a.ts";`)],
      ["src/profile/a.ts", file(`import type { b } from "./b.ts";\nimport fs from "node:fs";`)],
      [
        "src/profile/b.ts",
        file(`export {\n  x as a,\n} from "./a.ts";\nconst t = Date.now(); // Deno.exit()`),
      ],
      ["src/agent/mod.ts", file(`import "../version.ts";\nconst cli = await import("../cli/run.ts");`)],
      ["src/agent/ledger.ts", file(`import { x } from "./deno/serve.ts";`)],
      ["src/agent/node/context/reactions.ts", file(`import { x } from "../http.ts";`)],
      ["src/agent/deno/serve.ts", file(`import { x } from "../node/context/reactions.ts";`)],
      ["src/cli/run.ts", file(`import { cac } from "cac";\nimport { x } from "../agent/mod";`)],
      [
        "src/naming/utils.ts",
        file(`const s = "process.env";\nconst p = process.env;\nnew Date();\nnew Date(0);`),
      ],
      ["src/formats/long.ts", "//\n".repeat(maxLines + 1)],
      ["src/odd/mod.ts", file(`import { a } from "left-pad"; // ${"TO" + "DO"}: which one?`)],
      ["src/version.ts", file(`import config from "../deno.json" with { type: "json" };`)],
      [
        "test/a_test.ts",
        file(`import * as esbuild from "esbuild";\nimport { x } from "../src/agent/mod.ts";`),
      ],
      ["build/bundle.ts", file(`import * as esbuild from "esbuild";`)],
      ["src/cli/args.ts", file(`import { cac } from "cac";`)],
      ["src/cli/a.ts", file(`import { statSync, type Stats } from "node:fs";`)],
      ["src/cli/b.ts", file(`import {\n  existsSync,\n  readFileSync,\n} from "node:fs";`)],
      ["src/cli/c.ts", file(`import { rename } from "node:fs/promises";`)],
      ["src/cli/d.ts", file(`import fs from "node:fs";`)],
      ["src/files/a.ts", file(`import { openSync } from "node:fs";\nimport { x } from "../cli/a.ts";`)],
    ]),
  );
  deepEqual(found, [
    "src/units.ts imports src/profile/a.ts: not allowed, because units may import no other room",
    "src/profile/a.ts imports node:fs: not allowed, because profile touches no file, clock or process",
    "src/profile/b.ts uses `Date.now`: not allowed, because profile touches no file, clock or process",
    "src/agent/mod.ts imports src/cli/run.ts: not allowed, because agent/mod may import only protocol, agent, agent/node, agent/node/context, agent/deno",
    "src/agent/ledger.ts imports src/agent/deno/serve.ts: not allowed, because agent may import only units, protocol",
    "src/agent/node/context/reactions.ts imports src/agent/node/http.ts: not allowed, because agent/node/context may import only units, protocol, agent",
    "src/agent/deno/serve.ts imports src/agent/node/context/reactions.ts: not allowed, because agent/deno may import only units, protocol, agent, agent/node",
    "src/cli/run.ts imports cac: not allowed, because cac has its place in src/cli/args.ts only",
    "src/cli/run.ts imports ../agent/mod: not allowed, because relative imports name the whole file, with .ts",
    "src/naming/utils.ts: not a name for a file, because it does not say what is in it",
    "src/naming/utils.ts uses `new Date()`: not allowed, because naming touches no file, clock or process",
    "src/naming/utils.ts uses `process.env`: not allowed, because naming touches no file, clock or process",
    `src/formats/long.ts has ${
      maxLines + 1
    } lines: not allowed, because over ${maxLines} a second idea has moved in`,
    "src/odd/mod.ts imports left-pad: not allowed, because left-pad has no place in src/",
    `src/odd/mod.ts has a ${"TO" + "DO"}: not allowed, because work to do belongs into an issue`,
    "src/odd/mod.ts: no place for a file, because odd is no room of src/",
    "src/version.ts imports deno.json: not allowed, because src/ imports only from src/",
    "test/a_test.ts imports esbuild: not allowed, because esbuild has its place in build/ only",
    "src/cli/b.ts uses readFileSync of node:fs: not allowed, because files/ is the one door to files",
    "src/cli/c.ts uses rename of node:fs: not allowed, because files/ is the one door to files",
    "src/cli/d.ts uses open of node:fs: not allowed, because files/ is the one door to files",
    "src/files/a.ts imports src/cli/a.ts: not allowed, because files may import only units",
    "src/profile/a.ts -> src/profile/b.ts -> src/profile/a.ts: not allowed, because no file may need itself",
  ]);
});

/** Everything in the files that breaks a house rule, one sentence each. */
function violations(files: Files): string[] {
  return [...[...files].flatMap(([path, text]) => violationsOfFile(path, text)), ...circles(files)];
}

function violationsOfFile(path: string, text: string): string[] {
  const room = roomOf(path);
  const found = [...badName(path), ...badImports(path, text)];
  if (room !== undefined && pureRooms.includes(room)) {
    const code = withoutCommentsAndStrings(text);
    for (const pattern of impure) {
      const use = pattern.exec(code)?.[0];
      if (use) found.push(`${path} uses \`${use}\`: not allowed, because ${purity(room)}`);
    }
  }
  const lines = text.split("\n").length - 1;
  if (room !== undefined && lines > maxLines) {
    found.push(
      `${path} has ${lines} lines: not allowed, because over ${maxLines} a second idea has moved in`,
    );
  }
  const isFree = room === undefined || room === "files" || room.startsWith("agent") ||
    pureRooms.includes(room);
  if (!isFree && !besideTheDoor.includes(path)) {
    const use = doors.exec(fileFunctions(text))?.[0];
    if (use) {
      found.push(`${path} uses ${use} of node:fs: not allowed, because files/ is the one door to files`);
    }
  }
  const left = /\b(?:TO[D]O|FIX[M]E)\b/.exec(text)?.[0];
  if (left) found.push(`${path} has a ${left}: not allowed, because work to do belongs into an issue`);
  if (room !== undefined && !Object.hasOwn(below, room) && !leaves.includes(room)) {
    found.push(`${path}: no place for a file, because ${room} is no room of src/`);
  }
  return found;
}

function badName(path: string): string[] {
  const name = posix.basename(path).replace(/\.\w+$/, "");
  if (!/(?:^|_)(?:utils?|helpers?|common|managers?)(?:_|$)/.test(name)) return [];
  return [`${path}: not a name for a file, because it does not say what is in it`];
}

function badImports(path: string, text: string): string[] {
  return importsOf(text).flatMap((specifier) => {
    const target = specifier.startsWith(".") ? resolve(path, specifier) : specifier;
    const why = specifier.startsWith(".") ? whyNotFile(path, specifier) : whyNotModule(path, specifier);
    return why === undefined ? [] : [`${path} imports ${target ?? specifier}: not allowed, because ${why}`];
  });
}

function whyNotFile(path: string, specifier: string): string | undefined {
  const room = roomOf(path);
  const target = resolve(path, specifier);
  if (room === undefined) return undefined;
  if (target === undefined) return "relative imports name the whole file, with .ts";
  const other = roomOf(target);
  if (other === undefined) return "src/ imports only from src/";
  const allowed = below[room] ?? [];
  if (other === room || leaves.includes(other) || allowed.includes(other)) return undefined;
  return `${room} may import ${allowed.length === 0 ? "no other room" : `only ${allowed.join(", ")}`}`;
}

function whyNotModule(path: string, specifier: string): string | undefined {
  const room = roomOf(path);
  if (specifier.startsWith("node:")) {
    return room !== undefined && pureRooms.includes(room) ? purity(room) : undefined;
  }
  const places = homes.filter(({ name }) => specifier === name || specifier.startsWith(`${name}/`));
  if (places.length > 0) {
    // Tests read with a package what the sources write with it.
    const isHome = places.some(({ home }) =>
      path.startsWith(home) || path.startsWith("test/") && home.startsWith("src/")
    );
    return isHome
      ? undefined
      : `${places[0]!.name} has its place in ${places.map(({ home }) => home).join(" and ")} only`;
  }
  return room === undefined ? undefined : `${specifier} has no place in src/`;
}

function purity(room: string): string {
  return `${room} touches no file, clock or process`;
}

/** Each circle of files once, as the way around it. */
function circles(files: Files): string[] {
  const found: string[] = [];
  const done = new Set<string>();
  const visit = (path: string, way: readonly string[]): void => {
    const since = way.indexOf(path);
    if (since >= 0) {
      const around = [...way.slice(since), path].join(" -> ");
      found.push(`${around}: not allowed, because no file may need itself`);
      return;
    }
    if (done.has(path)) return;
    for (const specifier of importsOf(files.get(path) ?? "")) {
      const target = specifier.startsWith(".") ? resolve(path, specifier) : undefined;
      if (target !== undefined && roomOf(target) !== undefined) visit(target, [...way, path]);
    }
    done.add(path);
  };
  for (const path of files.keys()) if (roomOf(path) !== undefined) visit(path, []);
  return found;
}

/** `src/cli/run.ts` is in `cli`, `src/main.ts` in `main`, the innermost room counts; what is not in src/ is in no room. */
function roomOf(path: string): string | undefined {
  const [top, ...parts] = path.replace(/\.\w+$/, "").split("/");
  if (top !== "src") return undefined;
  while (parts.length > 1 && !Object.hasOwn(below, parts.join("/"))) parts.pop();
  return parts.join("/");
}

/** The file a relative import means, from the project's root; undefined when it leaves the extension out. */
function resolve(from: string, specifier: string): string | undefined {
  return /\.(?:tsx?|json|css)$/.test(specifier) ? posix.join(posix.dirname(from), specifier) : undefined;
}

/** What a module imports, types included: `import … from`, `export … from`, `import "…"` and `import("…")`. */
function importsOf(text: string): string[] {
  const statement =
    /^(?:import|export)\b[^;"'`]*?\bfrom\s*"([^"]+)"|^import\s*"([^"]+)"|\bimport\(\s*"([^"]+)"/gm;
  const found = text.matchAll(statement);
  return Array.from(found, ([, from, bare, dynamic]) => from ?? bare ?? dynamic ?? "");
}

/** What a module imports by name from `node:fs` and `node:fs/promises`. */
function fileFunctions(text: string): string {
  const found = text.matchAll(/^import\s+([^;"]*?)\s+from\s*"node:fs(?:\/promises)?"/gm);
  return Array.from(found, ([, names]) => names!.includes("{") ? names : "open").join(" ");
}

/** The code with what cannot run blanked out; good enough for sources that the formatter has been over. */
function withoutCommentsAndStrings(text: string): string {
  return text.replace(/"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|\/\/.*|\/\*[^]*?\*\//g, " ");
}

async function readFiles(directories: readonly string[]): Promise<Files> {
  const root = new URL("../", import.meta.url);
  const files = new Map<string, string>();
  for (const directory of directories) {
    for (const entry of await readdir(new URL(`${directory}/`, root), { recursive: true })) {
      const path = posix.join(directory, entry.replaceAll("\\", "/"));
      if (!/\.tsx?$/.test(path)) continue;
      const text = await readFile(new URL(path, root), "utf8");
      // This file's made-up sources break every rule.
      if (path !== "test/architecture_test.ts") files.set(path, text);
    }
  }
  return files;
}
