/** The parts of a report, each a table or some lines; shown as text or as Markdown. Pure. */
import { type CallNode, isFunction } from "../analysis/functions.ts";
import { OUTSIDE } from "../profile/request.ts";
import type { CalledFunction, HotFunction } from "../store/entry.ts";
import type { Bytes, Milliseconds } from "../units.ts";
import { counted, number } from "./counted.ts";
import { functionText, placeOf, spokenBytes } from "./culprit_lines.ts";
import { printable, shortened } from "./printable.ts";
import { quotedWord } from "./quoted_word.ts";
import type { ReportData, RouteReport } from "./report_data.ts";

/** A part of a report. In a table the last column is text of any length; all others but those of text are numbers. */
export interface Section {
  readonly title: string;
  readonly head?: readonly string[];
  readonly rows?: readonly (readonly string[])[];
  /** Lines as they are, as of a tree. */
  readonly lines?: readonly string[];
}

const WIDEST_NAME = 60;
const DEEPEST = 40;

/** The parts that a report has besides the routes; `program` is how profsrv is started. */
export function sectionsOf(data: ReportData, program: string): Section[] {
  const parts = [slowest(data), functions(data), hotPath(data), countedCalls(data), blockers(data)];
  return [...parts, digFurther(data, program)].filter((it) => it !== undefined);
}

/** The routes, or the one that was asked for. */
export function routesSection({ routes, isHeap }: ReportData): Section {
  const legend = `cpu, blocked, wait: ms per request${isHeap ? "; alloc: bytes per request" : ""}`;
  return {
    title: `Routes (${legend})`,
    head: [
      "count",
      "p50 ms",
      "p95 ms",
      "max ms",
      "cpu",
      "blocked",
      "wait",
      ...(isHeap ? ["alloc"] : []),
      "route",
      "function",
    ],
    rows: routes.map((it) => [
      number(it.count),
      ...[it.p50, it.p95, it.max, it.cpu, it.blocked, it.wait].map(tenths),
      ...(isHeap ? [allocated(it.alloc)] : []),
      name(it.name),
      firstFunction(it.allocators ?? it.functions),
    ]),
  };
}

function firstFunction([first]: readonly Omit<HotFunction, "self">[]): string {
  return first === undefined ? "" : functionText(first);
}

function slowest({ slowest, only, isHeap }: ReportData): Section | undefined {
  if (slowest.length === 0) return undefined;
  return {
    title: only?.request === undefined ? "Slowest requests" : "Request",
    head: ["ms", "cpu", "blocked", "wait", isHeap ? "alloc" : "gc", "status", "id", "request"],
    rows: slowest.map((it) => [
      ...[it.duration, it.cpu, it.blocked, it.wait].map(tenths),
      isHeap ? allocated(it.alloc?.bytes) : tenths(it.gc),
      it.status === 0 ? "-" : String(it.status),
      printable(it.id),
      shortened(printable(`${it.method} ${it.url}`), 2 * WIDEST_NAME),
    ]),
  };
}

function functions({ profiles, functions, only, isHeap }: ReportData): Section | undefined {
  if (profiles === null) {
    return functions.length === 0 ? undefined : {
      title: isHeap
        ? "Functions that allocate (of each request the one that allocated most)"
        : "Hot functions (of each request the one with most of its time)",
      head: [isHeap ? "bytes" : "ms", "location", "function"],
      rows: functions.map((it) => {
        return [isHeap ? spokenBytes(it.self) : tenths(it.self), location(it), functionName(it)];
      }),
    };
  }
  const share = (time: number) => `${(100 * time / (profiles.time || 1)).toFixed(1)} %`;
  const isBytes = profiles.unit === "bytes";
  const amount = isBytes ? spokenBytes : tenths;
  const whole = isBytes ? spokenBytes(profiles.time) : `${profiles.time.toFixed(0)} ms`;
  const unit = isBytes ? "bytes" : "ms";
  return {
    title: only?.request !== undefined
      ? `Functions of its profile (${whole})`
      : profiles.isWhole
      ? `Functions, ${only?.route === OUTSIDE ? "outside" : "of all"} requests (${whole})`
      : `Functions, in the ${
        counted(profiles.requests, "profile of the request", "profiles of the requests")
      } with most CPU (${whole})`,
    head: ["self %", `self ${unit}`, "total %", `total ${unit}`, "location", "function"],
    rows: profiles.functions.map((it) => [
      share(it.self),
      amount(it.self),
      share(it.total),
      amount(it.total),
      location(it),
      functionName(it),
    ]),
  };
}

function hotPath({ profiles }: ReportData): Section | undefined {
  if (profiles === null || profiles.calls.length === 0) return undefined;
  const lines: string[] = [];
  const add = (node: CallNode, depth: number) => {
    if (depth > DEEPEST) return;
    const percent = `${(100 * node.total / (profiles.time || 1)).toFixed(0)} %`.padStart(5);
    lines.push(`${percent} ${"  ".repeat(depth)}${`${functionName(node)} ${placeOf(node)}`.trimEnd()}`);
    for (const it of node.calls) add(it, depth + 1);
  };
  for (const it of profiles.calls.filter(isFunction)) add(it, 0);
  const what = profiles.unit === "bytes" ? "bytes" : "time";
  return lines.length === 0 ? undefined : { title: `Hot path (share of the ${what}, calls inside)`, lines };
}

/** Of a whole run so many functions of each route; the times beside them are slowed. */
const MOST_CALLED = 5;

function countedCalls({ routes, calls, only }: ReportData): Section | undefined {
  const rows = only?.request === undefined
    ? routes.flatMap(({ name: route, calls }) =>
      calls.slice(0, only === null ? MOST_CALLED : Infinity).map((it) => [
        Number.isInteger(it.count) ? number(it.count) : tenths(it.count),
        it.requests === it.of ? "all" : `${number(it.requests)} of ${number(it.of)}`,
        location(it),
        calledName(it),
        name(route),
      ])
    )
    : calls.map((it) => [number(it.count), location(it), calledName(it)]);
  if (rows.length === 0) return undefined;
  return only?.request === undefined
    ? {
      title: "Calls per request, counted (which slowed its times)",
      head: ["calls", "requests", "location", "function", "route"],
      rows,
    }
    : { title: "Calls, counted (which slowed its times)", head: ["calls", "location", "function"], rows };
}

/** Of what goes on after `await` or `yield` each time counts. */
function calledName(it: CalledFunction): string {
  return it.resumed ? `${functionName(it)} (each time it went on counts)` : functionName(it);
}

function blockers({ blockers, only }: ReportData): Section | undefined {
  if (blockers.length === 0) return undefined;
  const whom = ({ heldUp }: ReportData["blockers"][number]) =>
    heldUp.slice(0, 3).map((it) => `${name(it.name)} ${tenths(it.ms)} ms`).join(", ");
  return {
    title: only?.route === undefined || only.route === OUTSIDE ? "Who held up others" : "Who held it up",
    head: ["ms", "times", "by", "whom it cost"],
    rows: blockers.map((it) => [tenths(it.ms), number(it.count), name(it.name), whom(it)]),
  };
}

/** Commands that go on from here. */
function digFurther({ directory, routes, slowest, only }: ReportData, program: string): Section | undefined {
  const weight = (it: RouteReport) => (it.alloc ?? it.cpu) * it.count;
  const [route] = [...routes].sort((a, b) => weight(b) - weight(a));
  const [first] = slowest;
  const command = (...words: string[]) =>
    `${program} report ${[directory, ...words].map((it) => quotedWord(printable(it), "linux")).join(" ")}`;
  const lines = only === null && route !== undefined ? [command("--route", route.name)] : [];
  if (only?.request === undefined && first !== undefined) lines.push(command("--request", first.id));
  if (only !== null) {
    const same = only.route === undefined ? ["--request", only.request ?? ""] : ["--route", only.route];
    lines.push(command(...same, "--all"));
  }
  return lines.length === 0 ? undefined : { title: "Dig further", lines };
}

function functionName({ function: own }: Pick<HotFunction, "function">): string {
  return own === "" ? "(anonymous)" : shortened(printable(own), WIDEST_NAME);
}

function location(it: Pick<HotFunction, "file" | "line">): string {
  return placeOf(it) || "-";
}

function name(text: string): string {
  return shortened(printable(text), WIDEST_NAME);
}

function allocated(bytes: Bytes | null | undefined): string {
  return bytes === null || bytes === undefined ? "-" : spokenBytes(bytes);
}

function tenths(ms: Milliseconds): string {
  return ms.toFixed(1);
}
