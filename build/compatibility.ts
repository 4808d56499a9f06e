/** Tables that the tests make: what works on which runtime, and what can be seen of profsrv there. */
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { combinationsTable } from "./combinations_table.ts";
import { markdownTable } from "./markdown_table.ts";

/** What a cell can say. */
const MARKS = {
  profiled: "yes",
  told: "told",
  absent: "–",
  alone: "as alone",
  added: "added",
  missing: "missing",
  other: "other",
  pattern: "pattern",
  operation: "operation",
  path: "path",
  right: "right",
  lost: "lost",
} as const;

/** The columns of a table that has no runtimes for columns: what is true of a framework. */
export const FACTS = ["Routes", "Route of an error", "Function", "File", "Line"] as const;

/** A file of tables, of these parts in their order. */
export interface Document {
  /** In the project. */
  readonly path: string;
  readonly groups: readonly string[];
  readonly introduction: string;
}

const COMPATIBILITY = {
  path: "docs/compatibility.md",
  groups: [
    "Servers",
    "Deno.serve",
    "Frameworks",
    "Frameworks and builds: routes and functions",
    "Protocols",
    "Beside other tools",
    "Processes",
    "Ways to start Node",
    "Ways to start Deno",
  ],
  introduction: `# What works where

Made by the tests (\`make table\`), not by hand; \`make test\` fails where it is not what they show.

- **yes**: a real server of this kind answered concurrent requests under profsrv, and each got one profile, of that request only.
- **told**: it cannot be profiled there. The server runs as if alone, and profsrv says why in one sentence.
- **–**: the runtime does not have it, or the package does not run there.

Each of the frameworks and builds in the table of routes and functions had at least two routes with ids (or two operations) and a handler that failed, and its
handlers called one hot function, written in TypeScript. They ran on Node 26, or on what the row says; Express 5 on all versions. What a route is made of, also where the handler fails:

- **pattern**: the framework's own, as in \`/things/:name\`.
- **operation**: the path and the name of the operation that was asked for.
- **path**: the framework tells nothing that can be read from outside; the route is the path, with numbers and the like named.

Koa, Hapi and Fastify keep what matched in objects of their own, which profsrv notices where these packages are files in \`node_modules\`, not a part of a bundle, by accessors on their prototypes (so Fastify's \`hasRequestDecorator("body")\` is true). Of Fastify in a bundle its channel tells, but not of requests that a hook or a schema answers. Of Polka and tinyhttp it has the parameters only: the pattern is the path with
their names, where each value stands in one place. Hono 4, h3 1 (Nitro 2, Nuxt 4), Astro 7, React Router 7 and 8 and find-my-way leave nothing of a route on the request, the response or its listeners, on a channel, in a global, or in a context of \`AsyncLocalStorage\`. SvelteKit keeps it in such a context, where profsrv sees it on Node 24 and newer. Some would
tell more where the application turned it on, and that is not read: React Router has \`instrumentations\` that an application exports, Hono \`contextStorage()\`, Nitro 2 \`asyncContext\`, Nuxt the channel \`nuxt.render\` with \`tracingChannel\`.
Nitro 3 stands on h3 2, whose channel is read.

Whether all profiles with enough samples have the hot function with its name, its TypeScript file and the line there, and so has \`hot\` in the index, of one request at least and wherever it names that function:

- **right**: they have.
- **lost**: not claimed; the build has no map, or none that was had.

## What goes together

What a run can measure, and which options go with it; every option that has no row goes with all. profsrv refuses the others before the command starts. [profilers.md](profilers.md) says when to use which.

${combinationsTable()}`,
} as const;

const TRACES = {
  path: "docs/traces.md",
  groups: ["When it starts", "While it serves"],
  introduction: `# What an application can see of profsrv

Made by the tests (\`make table\`), not by hand; \`make test\` fails where it is not what they show. The same program looks at all this alone and under
profsrv, when it starts and while it answers a request; on Deno the server is one of \`Deno.serve\`. A row for each place where it looks, and below it what is
different there: **added**, **missing**, or there with an **other** value. **as alone**, and an empty cell below it, mean that nothing differs. An accessor counts as one difference
in its own row, so it has no row for a value; the text of a proxy is \`function () { [native code] }\`.

An accessor of the agent's hands out the very function that the application would get without profsrv. \`--trace-sync-io\` prints the agent's writes. A file of \`NODE_V8_COVERAGE\` lists
the script \`profsrv:agent\`; coverage reports leave it out, because it is no file.

While V8 takes samples on Linux, also for \`--cpu-prof\`, \`performance.eventLoopUtilization()\` and \`nodeTiming.idleTime\` of Node are wrong: each sample is a signal, which interrupts the event loop's sleep, and libuv
forgets the sleep before it. A server that sleeps all the time reads a utilization of 0.95.

The table is of a run without \`--serial\`. With it these are proxies, so that the agent knows which requests the server makes itself, and which have thrown: on Node \`connect\` of \`net.Socket\`, \`process._fatalException\` and \`process.emit\`,
on Deno \`connect\` of \`net.Socket\`, \`fetch\`, \`WebSocket\`, \`EventSource\`, \`Deno.connect\` and \`Deno.connectTls\`. A class that the application has kept from before its server listened is another object than the global then: \`instanceof\` says the same of both, \`constructor\` of an
object is the global. The stack of an error that one of them throws has a line of \`profsrv:agent\`. While a request
waits, its server may have an own \`emit\`, and so may a session or stream of HTTP/2; a socket that waits for its upgrade has one more listener for errors, and the global of Deno one for \`unhandledrejection\`. The handler of a request that has waited is called
from a timer's phase, below a function of \`profsrv:agent\`, in an async resource of the type \`profsrv\`.
`,
} as const;

export const DOCUMENTS: readonly Document[] = [COMPATIBILITY, TRACES];

/** A line of a table: a kind of server, a way to start one, a thing to see. */
export interface Row {
  readonly group: (typeof COMPATIBILITY | typeof TRACES)["groups"][number];
  readonly name: string;
}

/** What one test has shown, or what there is no test for because there is nothing to test. */
export interface Finding {
  readonly row: Row;
  /** `Node 26`, `Deno 2.9`, or one of `FACTS`. */
  readonly column: string;
  readonly mark: keyof typeof MARKS;
}

/** The column that a runtime's version belongs to. */
export function columnOf({ kind, version }: { readonly kind: string; readonly version: string }): string {
  const [major, minor] = version.split(".");
  return kind === "node" ? `Node ${major}` : `Deno ${major}.${minor}`;
}

/** A whole document as Markdown: by group, there by name. */
export function tableOf({ groups, introduction }: Document, findings: readonly Finding[]): string {
  const parts = groups.flatMap((group) => {
    const own = findings.filter(({ row }) => row.group === group);
    const names = [...new Set(own.map(({ row }) => row.name))].sort(byName);
    const columns = [...new Set(own.map(({ column }) => column))].sort(byColumn);
    if (names.length === 0) return [];
    const lines = names.map((name) => [
      name,
      ...columns.map((column) => {
        const finding = own.find((it) => it.row.name === name && it.column === column);
        return finding === undefined ? "" : MARKS[finding.mark];
      }),
    ]);
    return [`\n## ${group}\n\n${markdownTable([["", ...columns], ...lines])}`];
  });
  return introduction + parts.join("");
}

function byName(a: string, b: string): number {
  return a.toLowerCase() < b.toLowerCase() ? -1 : 1;
}

/** Facts in their order; Node before Deno, older before newer. */
function byColumn(a: string, b: string): number {
  const facts: readonly string[] = FACTS;
  if (facts.includes(a)) return facts.indexOf(a) - facts.indexOf(b);
  const parts = (column: string) => column.split(/[ .]/).slice(1).map(Number);
  const [[major = 0, minor = 0], [otherMajor = 0, otherMinor = 0]] = [parts(a), parts(b)];
  if (a[0] !== b[0]) return a < b ? 1 : -1;
  return major - otherMajor || minor - otherMinor;
}

/**
 * In which cells a document's text is not what was found, one sentence each; only runtimes that have a column in it matter.
 * @param isComplete the findings are all there are: then what the table has beyond them is wrong, too
 */
export function differences(
  document: Document,
  text: string,
  findings: readonly Finding[],
  { isComplete }: { readonly isComplete: boolean },
): string[] {
  const cells = cellsOf(text);
  const found = cellsOf(tableOf(document, findings));
  const columns = new Set([...cells.keys()].map((key) => key.split("\t")[2]));
  const wrong: string[] = [];
  for (const [key, mark] of found) {
    const [, name, column] = key.split("\t");
    if ((cells.get(key) ?? "") === mark || (!isComplete && !columns.has(column))) continue;
    wrong.push(`"${name}" on ${column} is "${mark}", the table says "${cells.get(key) ?? ""}"`);
  }
  for (const [key, mark] of isComplete ? cells : []) {
    const [, name, column] = key.split("\t");
    if (!found.has(key)) wrong.push(`"${name}" on ${column} is not tested, the table says "${mark}"`);
  }
  return wrong;
}

/** The cells of a table that say something, by `group\tname\tcolumn`. */
function cellsOf(text: string): Map<string, string> {
  const cells = new Map<string, string>();
  let group = "";
  let columns: string[] = [];
  for (const line of text.split("\n")) {
    if (line.startsWith("## ")) [group, columns] = [line.slice(3), []];
    if (!line.startsWith("| ") || line.startsWith("| --")) continue;
    const [name = "", ...marks] = line.slice(1, -1).split("|").map((it) => it.trim());
    if (columns.length === 0) columns = marks;
    else {
      marks.forEach((mark, i) => mark !== "" && cells.set(`${group}\t${name}\t${columns[i]}`, mark));
    }
  }
  return cells;
}

/** What the tests of a run have written down, one JSON object per line. */
export async function readFindings(path: string): Promise<Finding[]> {
  const lines = await readFile(path, "utf8");
  return lines.split("\n").filter((line) => line !== "").map((line) => JSON.parse(line) as Finding);
}

/** The committed text of a document. */
export function textOf({ path }: Document): Promise<string> {
  return readFile(join(project, path), "utf8");
}

/** Writes the committed documents. */
export async function writeTables(findings: readonly Finding[]): Promise<void> {
  for (const document of DOCUMENTS) {
    await writeFile(join(project, document.path), tableOf(document, findings));
  }
}

const project = join(import.meta.dirname!, "..");
