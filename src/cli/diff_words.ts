/** The words in which changes are told, in text and Markdown alike. */
import { type Change, RULES, type Verdict } from "../analysis/change.ts";
import { type Comparison, culpritOf, routesMaybeOver, routesOver } from "../analysis/comparison.ts";
import type { FunctionChange } from "../analysis/compare_functions.ts";
import { QUANTITIES, type Quantity, type RouteChange } from "../analysis/compare_routes.ts";
import { scriptPath } from "../profile/frames.ts";
import type { Frame, Unit } from "../profile/model.ts";
import type { Milliseconds } from "../units.ts";
import type { ComparedRun } from "./compared_run.ts";
import { spokenBytes } from "./culprit_lines.ts";
import { measuredUnlike, whyNoFunctions } from "../analysis/measured_alike.ts";

/** Two runs, compared. */
export interface Compared {
  readonly before: ComparedRun;
  readonly after: ComparedRun;
  readonly comparison: Comparison;
  /** A share, where `--fail-over` was given. */
  readonly failOver?: number;
}

export const NAMES: Readonly<Record<Quantity, string>> = {
  cpu: "own cpu",
  duration: "duration",
  blocked: "blocked",
};

/** A time without its unit: three digits, and at least the hundredths of a millisecond. */
export function ms(time: Milliseconds): string {
  return time.toFixed(time < 100 ? 2 : 1);
}

/** An amount of a unit: a time without its unit, bytes with theirs. */
export function amount(value: number, unit: Unit): string {
  return unit === "bytes" ? spokenBytes(value) : ms(value);
}

/** Of bytes there are more or less; times are slower or faster. */
export function verdictWord(verdict: RouteChange["verdict"], unit: Unit = "microseconds"): string {
  return unit !== "bytes" ? verdict : verdict === "slower" ? "more" : verdict === "faster" ? "less" : verdict;
}

/** A share as `+10.2 %`. */
export function percent(change: number | null): string {
  if (change === null) return "from 0";
  const text = (100 * change).toFixed(1);
  return `${change < 0 ? "" : "+"}${text === "-0.0" ? "0.0" : text} %`;
}

/** Where the change lies, as `-1.2 to +3.4 %`; in milliseconds where there is nothing to take a share of, of bytes then none. */
export function interval(
  { before, low, high }: { before: number; low: number | null; high: number | null },
  unit: Unit = "microseconds",
): string {
  if (low === null || high === null || before <= 0 && unit === "bytes") return "";
  const sign = (value: number) => `${value < 0 ? "" : "+"}${value.toFixed(1)}`;
  return before > 0
    ? `${sign(100 * low / before)} to ${sign(100 * high / before)} %`
    : `${sign(low)} to ${sign(high)} ms`;
}

/** A change as `5.10 -> 5.62 ms (+10.2 %)`, or `1.2 MB -> 1.4 MB (+16.7 %)`. */
export function changed({ before, after, change }: ChangeLike, unit: Unit = "microseconds"): string {
  const suffix = unit === "bytes" ? "" : " ms";
  return `${amount(before, unit)} -> ${amount(after, unit)}${suffix} (${percent(change)})`;
}

type ChangeLike = Pick<Change, "before" | "after" | "change">;

export function functionName({ name }: Frame): string {
  return name === "" ? "(anonymous)" : name;
}

/** The place of a function as `server.js:16`, its whole path if asked for; empty where it belongs to no file. */
export function placeOf({ url, line }: Frame, whole = false): string {
  const path = scriptPath(url);
  if (path === "") return "";
  const file = whole || !/^(?:\/|[a-z]:)/i.test(path) ? path : path.slice(path.lastIndexOf("/") + 1);
  return line < 0 ? file : `${file}:${line + 1}`;
}

/** The routes that are worth a row: those that changed, and the most of the others. */
export function routesShown({ routes }: Comparison, most: number): readonly RouteChange[] {
  return routes.slice(0, Math.max(most, routes.filter(hasChanged).length));
}

export function hasChanged({ verdict, alloc }: Pick<RouteChange, "verdict" | "alloc">): boolean {
  return isChange(verdict) || alloc !== null && isChange(alloc.verdict);
}

function isChange(verdict: RouteChange["verdict"]): boolean {
  return verdict === "slower" || verdict === "faster";
}

/** The functions that are worth a row: `most` that became slower, for certain or likely, and as many that became faster for certain. */
export function functionsShown(
  { functions: { functions } }: Comparison,
  most: number,
): readonly FunctionChange[] {
  const faster = functions.filter(({ verdict }) => verdict === "faster").slice(0, most);
  return functions.filter((it, index) => index < most || faster.includes(it));
}

/** What came out, in sentences: the worst first. */
export function findings(
  { before, after, comparison, failOver }: Compared,
): { verdict: Verdict; text: string }[] {
  const out: { verdict: Verdict; text: string }[] = [];
  const { routes } = comparison;
  const { common, unit } = comparison.functions;
  const isBytes = unit === "bytes";
  for (const text of measuredUnlike(before.record, after.record)) out.push({ verdict: "unknown", text });
  if (common !== 0) out.push({ verdict: "unknown", text: commonly(common) });
  const culprit = culpritOf(comparison);
  const faster = comparison.functions.functions.find(({ verdict }) => verdict === "faster");
  const kinds = isBytes ? ["Allocates more", "Allocates less"] : ["Slower function", "Faster function"];
  for (const [what, it] of [[kinds[0], culprit], [kinds[1], faster]] as const) {
    if (it === undefined) continue;
    const place = placeOf(it.frame);
    const where = place === "" ? "" : ` (${place})`;
    out.push({
      verdict: it.verdict,
      text: `${what}: ${functionName(it.frame)}${where}, ${
        changed(it, unit)
      } a request, most of it in ${it.route}.`,
    });
  }
  for (const verdict of ["slower", "faster"] as const) {
    const found = routes.filter((it) => it.verdict === verdict);
    const [first] = found;
    if (first === undefined) continue;
    const quantity = QUANTITIES.find((it) => first[it].verdict === verdict)!;
    const more = found.length > 1 ? `, and ${found.length - 1} more` : "";
    const word = verdict === "slower" ? "Slower route" : "Faster route";
    out.push({
      verdict,
      text: `${word}: ${first.route}, ${NAMES[quantity]} ${changed(first[quantity])}${more}.`,
    });
  }
  for (const verdict of ["slower", "faster"] as const) {
    const found = routes.filter(({ alloc }) => alloc?.verdict === verdict);
    const [first] = found;
    if (!first?.alloc) continue;
    const more = found.length > 1 ? `, and ${found.length - 1} more` : "";
    const word = verdict === "slower" ? "Route that allocates more" : "Route that allocates less";
    out.push({
      verdict,
      text: `${word}: ${first.route}, ${changed(first.alloc, "bytes")} a request${more}.`,
    });
  }
  if (!routes.some(hasChanged) && culprit === undefined && faster === undefined) {
    out.push({ verdict: "same", text: nothingFound(routes, common) });
  }
  if (failOver !== undefined) out.push(gate(comparison, failOver));
  return out;
}

function commonly(common: number): string {
  return `All functions changed by about ${
    percent(common)
  }: the machine, its load or the runtime is likelier than ` +
    "the program. Only what changed by more is named; durations are not judged.";
}

function nothingFound(routes: readonly RouteChange[], common: number): string {
  const tested = routes.filter(({ verdict }) => verdict === "same").length;
  if (routes.length === 0) return "Nothing to compare: neither run has a finished request.";
  if (tested === 0) return "Too few requests to compare: a route needs 40 in each run.";
  const where = `${tested} ${tested === 1 ? "route" : "routes"}`;
  return `No ${common === 0 ? "significant" : "other"} change of ${
    100 * RULES.effect
  } % or more in ${where}.`;
}

function gate(comparison: Comparison, failOver: number): { verdict: Verdict; text: string } {
  const over = routesOver(comparison, failOver).map(({ route }) => route);
  const limit = `${Number((100 * failOver).toFixed(6))} %`;
  if (over.length > 0) return { verdict: "slower", text: `Over ${limit}: ${over.join(", ")}.` };
  const maybe = routesMaybeOver(comparison, failOver).length;
  const unsure = `${maybe} ${
    maybe === 1 ? "route" : "routes"
  } took longer by more than that, but not for certain.`;
  const text = `No route is slower for certain and by more than ${limit}.`;
  return { verdict: "same", text: maybe === 0 ? text : `${text} ${unsure}` };
}

/** What was left out, in sentences. */
export function leftOut({ before, after, comparison }: Compared): string[] {
  const out: string[] = [];
  const few = comparison.routes.filter(({ verdict }) => verdict === "unknown").length;
  if (few > 0 && few < comparison.routes.length) {
    out.push(
      `${few} ${few === 1 ? "route has" : "routes have"} too few requests to compare (40 in each run).`,
    );
  }
  const profiled = comparison.functions.routes.length;
  if (profiled === 0) {
    out.push(
      whyNoFunctions(before.record, after.record) ??
        "No function is compared: no route has 16 profiles, or 16 samples in routes.pb.gz, in both runs.",
    );
  }
  const merged = comparison.functions.merged.length;
  if (merged > 0) {
    const whose = merged === 1 ? "1 route are those of all its" : `${merged} routes are those of all their`;
    out.push(`The functions of ${whose} requests, summed up in routes.pb.gz.`);
  }
  for (const { path, profiles: { missing, unreadable }, leftOut } of [before, after]) {
    const count = (number: number, thing: string) => `${path}: ${number} ${thing}${number === 1 ? "" : "s"}`;
    if (missing > 0) {
      out.push(`${count(missing, "profile")} that the index names ${missing === 1 ? "is" : "are"} gone.`);
    }
    if (unreadable > 0) out.push(`${count(unreadable, "profile")} cannot be read.`);
    if (leftOut > 0) {
      out.push(`${count(leftOut, "request")} left out: not finished, or of routes past the first 10,000.`);
    }
  }
  return out;
}
