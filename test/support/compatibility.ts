/** Tests whose results are cells of the tables in docs. */
import { appendFileSync } from "node:fs";
import process from "node:process";
import { columnOf, FACTS, type Finding, type Row } from "../../build/compatibility.ts";
import type { Runtime } from "./runtimes.ts";

/** Registers a test of a row on a runtime: each request gets one profile, of that request only. */
export function profiles(row: Row, runtime: Runtime, test: () => Promise<void>): void {
  register(
    { row, runtime, mark: "profiled", sentence: "one profile per request, of that request only" },
    test,
  );
}

/** Registers a test of a row on a runtime: the server runs as if alone, and one sentence tells why it is not profiled. */
export function tells(row: Row, runtime: Runtime, test: () => Promise<void>): void {
  register({ row, runtime, mark: "told", sentence: "it runs as if alone, and is told why" }, test);
}

/** What the routes of a framework can be made of. */
export type RouteMark = "pattern" | "operation" | "path";
const SENTENCES: Readonly<Record<RouteMark, string>> = {
  pattern: "the framework's pattern is the route",
  operation: "each operation has a route",
  path: "the route is the path, for nothing tells more",
};

/**
 * Registers a test of a framework or build: what its routes are made of, also where a handler fails, and that its hot
 * function is where it was written.
 */
export function routes(name: string, runtime: Runtime, mark: RouteMark, test: () => Promise<void>): void {
  Deno.test(
    `${name} on ${runtime.kind} ${runtime.version}: ${SENTENCES[mark]}, and the hot function is right`,
    async () => {
      await test();
      showsRoutes(name, mark);
    },
  );
}

/** What of the hot function cannot be had: its name and place, or its place. */
export type Lost = "all" | "place";

/** A test has shown the same, but for what is `lost`. */
export function showsRoutes(name: string, route: RouteMark, lost?: Lost): void {
  const row = { group: "Frameworks and builds: routes and functions", name } as const;
  const [routes, error, fn, ...places] = FACTS;
  for (const column of [routes, error]) note({ row, column, mark: route });
  note({ row, column: fn, mark: lost === "all" ? "lost" : "right" });
  for (const column of places) note({ row, column, mark: lost === undefined ? "right" : "lost" });
}

/** The row does not exist on this runtime: there is nothing to test. */
export function absent(row: Row, runtime: Runtime): void {
  note({ row, column: columnOf(runtime), mark: "absent" });
}

/** Writes down what a test has seen on a runtime. */
export function seen(row: Row, runtime: Runtime, mark: "alone" | "added" | "missing" | "other"): void {
  note({ row, column: columnOf(runtime), mark });
}

interface Registration extends Pick<Finding, "row" | "mark"> {
  readonly runtime: Runtime;
  readonly sentence: string;
}

function register({ row, runtime, mark, sentence }: Registration, test: () => Promise<void>): void {
  Deno.test(`${row.name} on ${runtime.kind} ${runtime.version}: ${sentence}`, async () => {
    await test();
    note({ row, column: columnOf(runtime), mark });
  });
}

/** `build/test.ts` names a file to write to. */
function note(finding: Finding): void {
  const path = process.env["COMPATIBILITY_FINDINGS"];
  if (path !== undefined) appendFileSync(path, JSON.stringify(finding) + "\n");
}
