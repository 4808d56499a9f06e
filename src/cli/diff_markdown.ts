/** What `profsrv diff --md` prints, for a pull request or a language model. */
import { QUANTITIES, type RouteChange } from "../analysis/compare_routes.ts";
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
import { counted } from "./counted.ts";
import { printable } from "./printable.ts";

const MOST_ROUTES = 50;
const MOST_FUNCTIONS = 20;

function allocated({ route, requests, alloc }: RouteChange): string[][] {
  if (alloc === null) return [];
  const { before, after, change, verdict } = alloc;
  const count = `${requests.before} -> ${requests.after}`;
  return [[
    code(route),
    count,
    "allocated",
    amount(before, "bytes"),
    amount(after, "bytes"),
    percent(change),
    interval(alloc, "bytes"),
    verdictWord(verdict, "bytes"),
  ]];
}

/** The comparison in Markdown; ends with a line break. Pure. */
export function diffMarkdown(subject: Compared): string {
  const { before, after, comparison } = subject;
  const routes = routesShown(comparison, MOST_ROUTES);
  const functions = functionsShown(comparison, MOST_FUNCTIONS);
  const { unit } = comparison.functions;
  const both = ({ before, after }: { readonly before: number; readonly after: number }) =>
    `${amount(before, unit)} -> ${amount(after, unit)}`;
  const left = leftOut(subject);
  const parts = [
    "# profsrv diff",
    `Before: ${code(before.path)}, ${counted(before.requests, "request")}. After: ${code(after.path)}, ${
      counted(after.requests, "request")
    }.`,
    findings(subject).map(({ text }) => `- ${escaped(text)}`).join("\n"),
    ...(routes.length === 0 ? [] : [
      "## Routes",
      "Medians in milliseconds; the change lies in the interval with a confidence of 99 %.",
      table(
        ["Route", "Requests", "What", "Before", "After", "Change", "Interval", "Verdict"],
        routes.flatMap((route) => [
          ...QUANTITIES.map((quantity) => {
            const { before, after, change, verdict } = route[quantity];
            const isPaired = route.verdict !== "new" && route.verdict !== "gone";
            return [
              code(route.route),
              `${route.requests.before} -> ${route.requests.after}`,
              NAMES[quantity],
              ms(before),
              ms(after),
              isPaired ? percent(change) : "",
              interval(route[quantity]),
              isPaired ? verdict : route.verdict,
            ];
          }),
          ...allocated(route),
        ]),
      ),
    ]),
    ...(functions.length === 0 ? [] : [
      "## Functions",
      unit === "bytes"
        ? "Allocated by a request, in the routes' mix of both runs. Own: with what libraries and the runtime did for it."
        : "Milliseconds a request, in the routes' mix of both runs. Own: with what libraries and the runtime did for it.",
      table(
        ["Function", "Location", "Own", "Change", "Interval", "Self", "Total", "Route", "Verdict"],
        functions.map((it) => [
          code(functionName(it.frame)),
          placeOf(it.frame) === "" ? "" : code(placeOf(it.frame, true)),
          both(it),
          percent(it.change),
          interval(it, unit),
          both(it.self),
          both(it.total),
          code(it.route),
          verdictWord(it.verdict, unit),
        ]),
      ),
    ]),
    ...(left.length === 0 ? [] : [left.map((it) => `- ${escaped(it)}`).join("\n")]),
    "## How to go on",
    [`profsrv report ${word(before.path)}`, `profsrv report ${word(after.path)}`].map((it) => `    ${it}`)
      .join("\n"),
  ];
  return `${parts.join("\n\n")}\n`;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line)].join("\n");
}

/** Foreign text as code in a cell: no bar, no backtick ends it. */
function code(text: string): string {
  return "`" + printable(text).replaceAll("`", "'").replaceAll("|", "\\|") + "`";
}

function escaped(text: string): string {
  return printable(text).replace(/[\\`*_<>[\]|#]/g, "\\$&");
}

/** A word of a POSIX shell's command line. */
function word(text: string): string {
  return /^[\w./:@%+=-]+$/.test(text) ? printable(text) : `'${printable(text).replaceAll("'", `'\\''`)}'`;
}
