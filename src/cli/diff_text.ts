/** What `profsrv diff` prints for a person. */
import type { Verdict } from "../analysis/change.ts";
import type { FunctionChange } from "../analysis/compare_functions.ts";
import { QUANTITIES, type RouteChange } from "../analysis/compare_routes.ts";
import type { Unit } from "../profile/model.ts";
import type { Look, Paint } from "./colours.ts";
import {
  amount,
  type Compared,
  findings,
  functionName,
  functionsShown,
  interval,
  leftOut,
  ms,
  NAMES,
  percent,
  placeOf,
  routesShown,
  verdictWord,
} from "./diff_words.ts";
import { counted, number } from "./counted.ts";
import { printable, shortened } from "./printable.ts";

const MOST_ROUTES = 20;
const MOST_FUNCTIONS = 10;
const WIDEST_NAME = 32;

/** The comparison as text; ends with a line break. Pure. */
export function diffText(subject: Compared, paint: Paint): string {
  const { before, after, comparison } = subject;
  const routes = routesShown(comparison, MOST_ROUTES);
  const functions = functionsShown(comparison, MOST_FUNCTIONS);
  const hidden = comparison.routes.length - routes.length;
  return lines([
    `before: ${printable(before.path)}, ${counted(before.requests, "request")}`,
    `after:  ${printable(after.path)}, ${counted(after.requests, "request")}`,
    "",
    ...findings(subject).map(({ verdict, text }) => painted(paint, verdict, printable(text))),
    ...(routes.length === 0 ? [] : ["", ...routeTable(routes, paint)]),
    ...(hidden > 0 ? [`${counted(hidden, "more route")}: see --json`] : []),
    ...(functions.length === 0 ? [] : ["", ...functionTable(functions, comparison.functions.unit, paint)]),
    ...leftOut(subject).map((it, index) => `${index === 0 ? "\n" : ""}${printable(it)}`),
  ]);
}

function routeTable(routes: readonly RouteChange[], paint: Paint): string[] {
  const rows = routes.flatMap((route) =>
    route.verdict === "new" || route.verdict === "gone"
      ? [{ verdict: "unknown" as const, cells: [name(route.route), "", requests(route), route.verdict, ""] }]
      : [
        ...QUANTITIES.map((quantity, index) => {
          const change = route[quantity];
          return {
            verdict: change.verdict,
            cells: [
              index === 0 ? name(route.route) : index === 1 ? `  ${requests(route)}` : "",
              NAMES[quantity],
              `${ms(change.before)} -> ${ms(change.after)}`,
              percent(change.change),
              interval(change),
              word(change.verdict),
            ],
          };
        }),
        ...allocated(route),
      ]
  );
  return table(["route", "median", "ms", "change", "99 % sure", ""], rows, paint);
}

function allocated({ alloc }: RouteChange): Row[] {
  if (alloc === null) return [];
  const { before, after, change, verdict } = alloc;
  const amounts = `${amount(before, "bytes")} -> ${amount(after, "bytes")}`;
  const cells = ["", "allocated", amounts, percent(change), interval(alloc, "bytes"), word(verdict, "bytes")];
  return [{ verdict, cells }];
}

function functionTable(functions: readonly FunctionChange[], unit: Unit, paint: Paint): string[] {
  const both = ({ before, after }: Pick<FunctionChange, "before" | "after">) =>
    `${amount(before, unit)} -> ${amount(after, unit)}`;
  const rows = functions.map((it) => {
    const place = placeOf(it.frame);
    return {
      verdict: it.verdict,
      cells: [
        name(`${functionName(it.frame)}${place === "" ? "" : ` ${place}`}`),
        both(it),
        percent(it.change),
        both(it.self),
        both(it.total),
        word(it.verdict, unit),
      ],
    };
  });
  const title = unit === "bytes" ? "function, allocated a request" : "function, ms a request";
  return table([title, "own", "change", "self", "total", ""], rows, paint);
}

interface Row {
  readonly verdict: Verdict;
  readonly cells: readonly string[];
}

function table(head: readonly string[], rows: readonly Row[], paint: Paint): string[] {
  const all = [head, ...rows.map(({ cells }) => cells)];
  const widths = head.map((_, at) => Math.max(...all.map((row) => row[at]?.length ?? 0)));
  const line = (row: readonly string[]) =>
    widths.map((width, at) => at === 0 ? (row[at] ?? "").padEnd(width) : (row[at] ?? "").padStart(width))
      .join("  ").trimEnd();
  return [
    paint("dim", line(head)),
    ...rows.map(({ verdict, cells }) => painted(paint, verdict, line(cells))),
  ];
}

const LOOKS: Readonly<Partial<Record<Verdict, Look>>> = { slower: "red", faster: "green" };

function painted(paint: Paint, verdict: Verdict, text: string): string {
  const look = LOOKS[verdict];
  return look === undefined ? text : paint(look, text);
}

function word(verdict: Verdict, unit?: Unit): string {
  return verdict === "same" ? "" : verdictWord(verdict, unit);
}

function name(text: string): string {
  return shortened(printable(text), WIDEST_NAME);
}

function requests({ requests: { before, after } }: RouteChange): string {
  return `${number(before)} -> ${counted(after, "request")}`;
}

function lines(texts: readonly string[]): string {
  return texts.map((it) => `${it}\n`).join("");
}
