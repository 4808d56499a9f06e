/** Columns of what changed from one run to another. */
import type { Change } from "../../analysis/change.ts";
import type { RouteChange } from "../../analysis/compare_routes.ts";
import type { FunctionComparison } from "../../analysis/compare_functions.ts";
import { RouteLink } from "./culprits.tsx";
import { bytes, count } from "./format.ts";
import type { TableColumn } from "./sorted_table.tsx";

type Unit = FunctionComparison["unit"];

const routeColumns: readonly TableColumn<RouteChange>[] = [
  {
    key: "route",
    title: "route",
    isWide: true,
    value: (it) => it.route,
    content: (it) => <RouteLink name={it.route} />,
  },
  {
    key: "verdict",
    title: "verdict",
    value: (it) => it.verdict,
    content: (it) => <Verdict verdict={it.verdict} />,
  },
  {
    key: "requests",
    title: "requests",
    value: (it) => it.requests.after,
    content: ({ requests: { before, after } }) => `${count(before)} → ${count(after)}`,
  },
  ...changeColumns<RouteChange>("cpu", "own cpu", (it) => it.cpu),
  ...changeColumns<RouteChange>("duration", "duration", (it) => it.duration),
  ...changeColumns<RouteChange>("blocked", "blocked", (it) => it.blocked),
];

/** What a request allocated, the median, beside the route; only of runs that both measured it. */
const allocColumns = changeColumns<RouteChange>("alloc", "allocated", (it) => it.alloc, "bytes");

/** The columns for these routes. */
export function routeColumnsFor(routes: readonly RouteChange[]): readonly TableColumn<RouteChange>[] {
  if (!routes.some(({ alloc }) => alloc !== null)) return routeColumns;
  const [route, verdict, requests, ...times] = routeColumns;
  return [route!, verdict!, requests!, ...allocColumns, ...times];
}

function changeText(change: number | null): string {
  return change === null ? "new" : `${change > 0 ? "+" : ""}${(change * 100).toFixed(0)} %`.replace("-", "−");
}

/** What was, what is, and whether that is a change for certain. */
export function changeColumns<Row>(
  key: string,
  title: string,
  changeOf: (row: Row) => Change | null,
  unit: Unit = "microseconds",
): TableColumn<Row>[] {
  const amount = unit === "bytes" ? bytes : (time: number) => time.toFixed(2);
  return [
    {
      key,
      title,
      value: (row) => {
        const found = changeOf(row);
        return found === null ? -Infinity : found.after - found.before;
      },
      content: (row) => {
        const found = changeOf(row);
        if (found === null) return <span class="quiet">–</span>;
        const { before, after } = found;
        return before === 0 && after === 0
          ? <span class="quiet">0</span>
          : `${amount(before)} → ${amount(after)}`;
      },
    },
    {
      key: `${key}-change`,
      title: "change",
      about: "coloured where it is a change for certain; p is the chance of such a difference without one",
      value: (row) => {
        const found = changeOf(row);
        return found === null ? -Infinity : found.change ?? Infinity;
      },
      content: (row) => {
        const found = changeOf(row);
        return found === null ? "" : <ChangeText of={found} unit={unit} />;
      },
    },
  ];
}

function ChangeText({ of: { change, verdict, p, low, high }, unit }: {
  readonly of: Change;
  readonly unit: Unit;
}) {
  const limits = [low ?? 0, high ?? 0].map((it) =>
    unit === "bytes" ? `${it < 0 ? "−" : ""}${bytes(Math.abs(it))}` : `${it.toFixed(2)} ms`
  );
  const about = p === null || low === null || high === null
    ? "too little was measured"
    : `p = ${p.toPrecision(2)}, between ${limits.join(" and ")}`;
  return <span class={classes[verdict]} title={about}>{changeText(change)}</span>;
}

const classes = {
  slower: "bad",
  faster: "good",
  same: "quiet",
  unknown: "quiet",
  new: "",
  gone: "quiet",
} as const;

function Verdict({ verdict }: { readonly verdict: RouteChange["verdict"] }) {
  return <span class={classes[verdict]}>{verdict === "unknown" ? "too few" : verdict}</span>;
}
