/** Columns of what changed from one run to another. */
import type { Change } from "../../analysis/change.ts";
import type { RouteChange } from "../../analysis/compare_routes.ts";
import { RouteLink } from "./culprits.tsx";
import { bytes, count } from "./format.ts";
import type { TableColumn } from "./sorted_table.tsx";

const routeColumns: readonly TableColumn<RouteChange>[] = [
  {
    key: "route",
    title: "route",
    isWide: true,
    value: (it) => it.route,
    content: (it) => <RouteLink name={it.route} />,
  },
  { key: "verdict", title: "", value: (it) => it.verdict, content: (it) => <Verdict verdict={it.verdict} /> },
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

/** What a request allocated, beside the route; only of runs that both measured it. It is told, not judged. */
const allocColumns: readonly TableColumn<RouteChange>[] = [
  {
    key: "alloc",
    title: "allocated",
    about: "bytes that a request allocated, the median",
    value: ({ alloc }) => alloc === null ? -Infinity : alloc.after - alloc.before,
    content: ({ alloc }) =>
      alloc === null ? <span class="quiet">–</span> : `${bytes(alloc.before)} → ${bytes(alloc.after)}`,
  },
  {
    key: "alloc-change",
    title: "change",
    about: "of bytes it is not judged whether they changed for certain",
    value: ({ alloc }) => alloc === null ? -Infinity : shareOf(alloc) ?? Infinity,
    content: ({ alloc }) => alloc === null ? "" : changeText(shareOf(alloc)),
  },
];

/** The columns for these routes. */
export function routeColumnsFor(routes: readonly RouteChange[]): readonly TableColumn<RouteChange>[] {
  if (!routes.some(({ alloc }) => alloc !== null)) return routeColumns;
  const [route, verdict, requests, ...times] = routeColumns;
  return [route!, verdict!, requests!, ...allocColumns, ...times];
}

/** `after` against `before` as a share; null where only `before` is 0. */
function shareOf({ before, after }: { readonly before: number; readonly after: number }): number | null {
  return before > 0 ? after / before - 1 : after === 0 ? 0 : null;
}

function changeText(change: number | null): string {
  return change === null ? "new" : `${change > 0 ? "+" : ""}${(change * 100).toFixed(0)} %`.replace("-", "−");
}

/** What was, what is, and whether that is a change for certain. */
export function changeColumns<Row>(
  key: string,
  title: string,
  changeOf: (row: Row) => Change,
): TableColumn<Row>[] {
  return [
    {
      key,
      title,
      value: (row) => changeOf(row).after - changeOf(row).before,
      content: (row) => {
        const { before, after } = changeOf(row);
        return before === 0 && after === 0
          ? <span class="quiet">0</span>
          : `${before.toFixed(2)} → ${after.toFixed(2)}`;
      },
    },
    {
      key: `${key}-change`,
      title: "change",
      about: "coloured where it is a change for certain; p is the chance of such a difference without one",
      value: (row) => changeOf(row).change ?? Infinity,
      content: (row) => <ChangeText of={changeOf(row)} />,
    },
  ];
}

function ChangeText({ of: { change, verdict, p, low, high } }: { readonly of: Change }) {
  const about = p === null || low === null || high === null
    ? "too little was measured"
    : `p = ${p.toPrecision(2)}, between ${low.toFixed(2)} and ${high.toFixed(2)} ms`;
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
