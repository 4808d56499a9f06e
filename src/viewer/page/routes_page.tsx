/** Every route: how slow it is, what it costs, who holds it up. */
import type { VNode } from "preact";
import type { RouteRow } from "../api.ts";
import type { PageProps } from "./page_props.ts";
import { useAsked } from "./asked.ts";
import { Culprits, RouteLink } from "./culprits.tsx";
import { bytes, columnTime, count, percent, spokenTime } from "./format.ts";
import { useSeldom } from "./seldom.ts";
import { mostRows, SortedTable, type TableColumn } from "./sorted_table.tsx";
import { SplitBar } from "./split_bar.tsx";

const MOST_SHOWN = 100;

const time = (key: "p50" | "p95" | "p99" | "max"): TableColumn<RouteRow> => ({
  key,
  title: key,
  about: key === "max"
    ? "the longest duration, in ms"
    : `${key.slice(1)} of 100 requests took no longer, in ms`,
  value: (it) => it[key],
  content: (it) => columnTime(it[key]),
});

/** What a run with --profiler heap is about. */
const allocColumns: readonly TableColumn<RouteRow>[] = [
  {
    key: "alloc",
    title: "alloc a request",
    about: "bytes that a request allocated, on average",
    value: (it) => it.alloc ?? 0,
    content: (it) => it.alloc === null ? <span class="quiet">–</span> : bytes(Math.round(it.alloc)),
  },
  {
    key: "allocated",
    title: "allocated",
    about: "bytes that all its requests allocated",
    value: allocated,
    content: (it) => it.alloc === null ? <span class="quiet">–</span> : bytes(Math.round(allocated(it))),
  },
];

function allocated({ alloc, count }: RouteRow): number {
  return (alloc ?? 0) * count;
}

function columnsFor(longest: number, isHeap: boolean): TableColumn<RouteRow>[] {
  return [
    { key: "name", title: "route", value: (it) => it.name, content: (it) => <RouteLink name={it.name} /> },
    { key: "count", title: "requests", value: (it) => it.count, content: (it) => count(it.count) },
    {
      key: "failed",
      title: "errors",
      about: "requests that ended in 5xx or broke off",
      value: (it) => it.failed,
      content: (it) =>
        it.failed === 0 ? <span class="quiet">0</span> : <span class="bad">{percent(it.failed)}</span>,
    },
    ...(isHeap ? allocColumns : []),
    time("p50"),
    time("p95"),
    time("p99"),
    time("max"),
    {
      key: "mean",
      title: "split of a request",
      about: "cpu, blocked and wait on average",
      value: (it) => it.duration / it.count,
      content: (it) => <div class="in-table">{meanBar(it, longest)}</div>,
    },
    {
      key: "cpu",
      title: "own cpu",
      about: "of all its requests, in ms",
      value: (it) => it.cpu,
      content: (it) => columnTime(it.cpu),
    },
    {
      key: "share",
      title: "share",
      about: "of the cpu of all requests",
      value: (it) => it.cpuShare,
      content: (it) => percent(it.cpuShare),
    },
    {
      key: "blocked",
      title: "blocked by",
      about: "who held up its requests longest, and how long in all",
      isWide: true,
      value: (it) => it.blockers[0]?.name ?? "",
      content: ({ blockers: [by] }) =>
        by === undefined ? <span class="quiet">–</span> : (
          <>
            <RouteLink name={by.name} /> <span class="quiet">{spokenTime(by.ms)}</span>
          </>
        ),
    },
  ];
}

export function RoutesPage({ source, run, address: { options } }: PageProps): VNode {
  const { answer, error } = useAsked(source, "routes", {
    asks: {},
    version: useSeldom(run.version),
    keeps: true,
  });
  if (answer === undefined) return <div class="section">{error?.message ?? "Loading the routes …"}</div>;
  const longest = Math.max(...answer.routes.map((it) => it.duration / it.count), 0.001);
  return (
    <>
      <Culprits routes={answer} />
      <section class="section">
        <SortedTable
          title="Routes"
          rows={answer.routes}
          columns={columnsFor(longest, run.isHeap)}
          rowKey={(it) => it.name}
          most={mostRows(options, MOST_SHOWN)}
          sort={options["sort"] ?? (run.isHeap ? "-allocated" : "-cpu")}
        />
      </section>
    </>
  );
}

function meanBar({ count: of, duration, cpu, blocked, wait }: RouteRow, longest: number) {
  const mean = { duration: duration / of, cpu: cpu / of, blocked: blocked / of, wait: wait / of };
  return <SplitBar {...mean} longest={longest} />;
}
