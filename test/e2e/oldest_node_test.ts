/** The bundle uses nothing that the oldest promised Node has not: what no test runs would fail only at a user's. */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import process from "node:process";
import { forms } from "../support/profiled.ts";
import { missing, oldestNode } from "../support/runtimes.ts";
import ts from "typescript";

/** What is new, is in the bundle, and harms nobody there. */
const harmless = new Set([
  // cac tells with one of a word that is no option; it is given none.
  "CustomEvent",
  // A class of pprof's.
  "Location",
  // Only where there is one.
  "Deno",
]);

/** The members of the language's own objects and of their instances, and the globals. Node runs the text of this, too. */
function builtins(): { members: string[]; globals: string[] } {
  const own = (value: unknown) =>
    value === null || value === undefined ? [] : Object.getOwnPropertyNames(value);
  const globals = own(globalThis).filter((it) => /^[A-Z]/.test(it));
  const names =
    "AggregateError Array ArrayBuffer Atomics BigInt Date Error Function Iterator JSON Map Math Number Object " +
    "Promise Proxy Reflect RegExp Set SharedArrayBuffer String Symbol WeakMap WeakRef WeakSet AbortSignal " +
    "URL URLSearchParams";
  const values = names.split(" ").map((it) => (globalThis as unknown as Record<string, unknown>)[it]);
  // What has no name of its own: typed arrays, iterators, generators.
  const nameless = [new Uint8Array(0), [][Symbol.iterator](), (function* () {})(), (async function* () {})()]
    .map((it) => Object.getPrototypeOf(Object.getPrototypeOf(it)));
  const members = values.flatMap((
    it,
  ) => [...own(it), ...own((it as { prototype?: unknown } | null)?.prototype)]);
  return { members: [...members, ...nameless.flatMap(own)], globals };
}

/** The members of Node's modules, in which `process` and the like may inherit theirs; for Node. */
const MODULES = `require("module").builtinModules.filter((it) => it[0] !== "_").flatMap((name) => {
  const module = require(name);
  return [module, Object.getPrototypeOf(module), require("events").prototype].flatMap((it) =>
    it === null ? [] : Object.getOwnPropertyNames(it).map((it) => name + "." + it));
})`;

/** Node's modules that are taken by `require` (`required` in build/bundle.ts), by the names that they have in a text. */
function modulesOf(text: string): Map<string, string> {
  const required = new Map<string, string>();
  for (
    const [, name, module] of text.matchAll(/\b(require_\w+) = __commonJS\(\{\s*"required:node:([^"]+)"/g)
  ) {
    required.set(name!, module!);
  }
  const modules = new Map<string, string>();
  for (const [, name, by] of text.matchAll(/\b(import_\w+) = __toESM\((require_\w+)\(/g)) {
    const module = required.get(by!);
    if (module !== undefined) modules.set(name!, module);
  }
  for (const [, name, module] of text.matchAll(/\b(\w+_default) = __require\("node:([^"]+)"\)/g)) {
    modules.set(name!, module!);
  }
  return modules;
}

/** Members that are read, globals, and the members of Node's modules (`module.member`) in a text. */
function usesOf(text: string): { members: Set<string>; globals: Set<string>; ofModules: Set<string> } {
  const members = new Set<string>();
  const globals = new Set<string>();
  const ofModules = new Set<string>();
  const modules = modulesOf(text);
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node) && ts.isStringLiteral(node.moduleSpecifier)) {
      const module = node.moduleSpecifier.text.replace("node:", "");
      const { name, namedBindings } = node.importClause ?? {};
      if (name !== undefined) modules.set(name.text, module);
      if (namedBindings !== undefined && ts.isNamedImports(namedBindings)) {
        for (const { propertyName, name } of namedBindings.elements) {
          ofModules.add(`${module}.${(propertyName ?? name).text}`);
        }
      }
    }
    if (ts.isPropertyAccessExpression(node)) {
      members.add(node.name.text);
      const { expression: whole } = node;
      const isDefault = ts.isPropertyAccessExpression(whole) && whole.name.text === "default";
      const owner = isDefault ? whole.expression : whole;
      const module = ts.isIdentifier(owner) ? modules.get(owner.text) : undefined;
      if (module !== undefined && node.name.text !== "default") ofModules.add(`${module}.${node.name.text}`);
    } else if (ts.isIdentifier(node)) {
      const { parent } = node;
      const isMember = ts.isPropertyAccessExpression(parent) && parent.name === node;
      const isKey = ts.isPropertyAssignment(parent) && parent.name === node;
      if (!isMember && !isKey) globals.add(node.text);
    }
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile("bundle.mjs", text, ts.ScriptTarget.ESNext, true));
  return { members, globals, ofModules };
}

const name = "the bundle names nothing that the oldest Node has not";
if (process.env["MATRIX"] !== "all" && process.env["TESTED_FORM"] !== "node") {
  missing(name, "it is asked only with MATRIX=all");
} else {
  const { path, version } = await oldestNode();
  const print = `console.log(JSON.stringify({ ...(${builtins})(), ofModules: ${MODULES} }))`;
  const known = JSON.parse(execFileSync(path, ["-e", print], { encoding: "utf8" })) as
    & ReturnType<typeof builtins>
    & { ofModules: string[] };
  const here = builtins();
  const newer = (kind: "members" | "globals") => {
    const old = new Set(known[kind]);
    return new Set(here[kind].filter((it) => !old.has(it)));
  };
  const unknown = (text: string): string[] => {
    const { members, globals, ofModules } = usesOf(text);
    const inModules = new Set(known.ofModules);
    return [
      ...[...newer("members")].filter((it) => members.has(it)),
      ...[...newer("globals")].filter((it) => globals.has(it)),
      ...[...ofModules].filter((it) => !inModules.has(it)),
    ].filter((it) => !harmless.has(it)).sort();
  };

  Deno.test(`${name}, ${version}`, () => {
    assert.deepEqual(unknown(readFileSync(forms.node[1], "utf8")), []);
  });

  Deno.test("what the oldest Node has not is found, in methods, globals and modules", () => {
    const text = `import { globSync, readFileSync } from "node:fs"; import process from "node:process";
      list.toSorted(); Promise.withResolvers(); Object.groupBy(a, b); iterator.drop(2); new Iterator();
      a.union(b); process.loadEnvFile(); list.at(-1); Object.hasOwn(a, b); process.cwd();
      var require_node_os = __commonJS({ "required:node:os"(exports, module) {} }), import_node_os2 = __toESM(require_node_os());
      import_node_os2.availableParallelism2(); import_node_os2.default.tmpdir(); import_node_os2.default.newest();
      node_process_default = __require("node:process"); node_process_default.cwd(); node_process_default.newest();`;
    assert.deepEqual(unknown(text), [
      "Iterator",
      "drop",
      "fs.globSync",
      "groupBy",
      "os.availableParallelism2",
      "os.newest",
      "process.loadEnvFile",
      "process.newest",
      "toSorted",
      "union",
      "withResolvers",
    ]);
  });
}
