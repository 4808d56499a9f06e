/** Rules for the sources of the agent alone. */
import assert from "node:assert/strict";
import { readdir, readFile } from "node:fs/promises";
import { posix } from "node:path";
import { agentPart } from "../../build/bundling.ts";

/** How code asks which version of a runtime it is in: by its number, or by what only some versions have. */
const versionQuestions = [
  /\bprocess\.versions?\b/,
  /\bversions?\s*\.\s*(?:node|deno|v8)\b/,
  /"\w+" in (?:v8|process|inspector|performance|modules?|asyncHooks)\b/,
  /\btypeof (?:v8|process|inspector|performance|modules?|asyncHooks|deno|Deno)\??\.\w+/,
];
const versionAnswers = "src/agent/capabilities.ts";

/** A variable of a module, or a collection; a weak one is not meant, for it is as a field of the objects in it. */
const moduleState =
  /^(?:export )?(?:let (\w+)|const (\w+)\b(?!: Readonly)[^=\n]*= (?:new (?:Map|Set|Array|RequestRows|\w+Array)\b|\[\];))/gm;

/** What the agent remembers belongs into an object that somebody makes and passes on. What is left here can only become less. */
const stateThatIsLeft: Readonly<Record<string, readonly string[]>> = {
  // One mailbox in each thread, which every callback of the agent's has.
  "src/agent/guarded.ts": ["faults"],
  // These run at each context switch and for each request.
  "src/agent/ledger.ts": [
    ...["times", "seqs", "length", "dropped", "total", "baseline", "stretches", "whenLong", "current"],
    ...["since", "busyTime", "outsideTime", "isOutside", "source"],
  ],
  "src/agent/connection_owners.ts": ["owners"],
  "src/agent/requests.ts": [
    ...["open", "ended", "recording", "lastSeq", "total", "lost", "whenMany", "whenClosing", "cameAt"],
    "turns",
  ],
  "src/agent/queue.ts": ["holds"],
  "src/agent/node/context/frames.ts": ["frames", "frameSymbol", "current", "set", "storage"],
  "src/agent/node/context/promise_watchers.ts": ["isWatched", "whenWatched"],
  "src/agent/node/context/resources.ts": ["log"],
  "src/agent/node/context/ticks.ts": ["asyncIds", "accounts"],
  // One recorder of each kind in a thread.
  "src/agent/node/http.ts": ["connections", "look", "contexts"],
  "src/agent/node/http2.ts": ["connections", "look", "emitOnTick"],
  "src/agent/node/upgrades.ts": ["connections", "look"],
  // One queue of requests in a thread, which every recorder asks (--serial).
  "src/agent/turns.ts": [
    "isOn",
    "holders",
    "overtaken",
    "idleSince",
    "ranSince",
    "waiting",
    "isScheduled",
  ],
  "src/agent/self_calls.ts": ["calls", "find"],
  "src/agent/turn_remarks.ts": ["made"],
  "src/agent/node/own_connections.ts": ["sockets"],
};

Deno.test("only one file of the agent asks for a version", async () => {
  assert.deepEqual([...await sources()].flatMap(([path, text]) => versionsIn(path, text)), []);
});

Deno.test("a module of the agent has no state of its own", async () => {
  const files = await sources();
  const found = [...files].flatMap(([path, text]) => stateIn(path, text));
  const gone = Object.keys(stateThatIsLeft).filter((path) => !files.has(path));
  assert.deepEqual([...found, ...gone.map((path) => `${path} is gone: take it off the list`)], []);
});

Deno.test("every kind of violation of these rules is found", () => {
  const asking = `if (process.versions.node) x("startCpuProfile" in v8, typeof module.findSourceMap);`;
  assert.deepEqual(versionsIn("src/agent/old.ts", asking), [
    "src/agent/old.ts uses `process.versions`",
    "src/agent/old.ts uses `versions.node`",
    'src/agent/old.ts uses `"startCpuProfile" in v8`',
    "src/agent/old.ts uses `typeof module.findSourceMap`",
  ]);
  assert.deepEqual(versionsIn(versionAnswers, asking), []);
  const keeping = "let a = 0;\nexport let b: number;\nconst c: X[] = [];\nconst d = new Map();\n" +
    "const e = new WeakMap();\n  let f = 0;\n";
  assert.deepEqual(
    stateIn("src/agent/kept.ts", keeping),
    ["a", "b", "c", "d"].map((name) => `src/agent/kept.ts keeps ${name}`),
  );
  assert.deepEqual(stateIn("src/agent/queue.ts", "const holds = 3;"), [
    "src/agent/queue.ts does not keep holds any more: take it off the list",
  ]);
});

function versionsIn(path: string, text: string): string[] {
  if (path === versionAnswers) return [];
  const uses = versionQuestions.flatMap((pattern) => pattern.exec(text)?.[0] ?? []);
  return uses.map((use) => `${path} uses \`${use}\``);
}

function stateIn(path: string, text: string): string[] {
  const names = Array.from(text.matchAll(moduleState), ([, variable, constant]) => variable ?? constant!);
  const left = stateThatIsLeft[path] ?? [];
  return [
    ...names.filter((it) => !left.includes(it)).map((name) => `${path} keeps ${name}`),
    ...left.filter((it) => !names.includes(it))
      .map((name) => `${path} does not keep ${name} any more: take it off the list`),
  ];
}

async function sources(): Promise<Map<string, string>> {
  const root = new URL("../../src/agent/", import.meta.url);
  const files = new Map<string, string>();
  for (const entry of await readdir(root, { recursive: true })) {
    const path = posix.join("src/agent", entry.replaceAll("\\", "/"));
    if (path.endsWith(".ts")) files.set(path, await readFile(new URL(entry, root), "utf8"));
  }
  return files;
}

Deno.test("the agent's text is ASCII: one other character makes V8 keep all of it in two bytes each", async () => {
  assert.deepEqual((await agentPart("src/agent/mod.ts")).match(/[^ -~\n]/g), null);
});
