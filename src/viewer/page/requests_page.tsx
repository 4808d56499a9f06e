/** The first page: who is guilty, the requests over time, and each of them. */
import type { VNode } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { changeOptions, goTo } from "./address.ts";
import type { PageProps } from "./page_props.ts";
import { useAsked } from "./asked.ts";
import { Culprits } from "./culprits.tsx";
import { counted, spokenTime } from "./format.ts";
import { useKeys } from "./keys.ts";
import { QueryField } from "./query_field.tsx";
import { type Chosen, RequestList } from "./request_list.tsx";
import { NEWEST_FIRST, rangeOf, requestsAsked } from "./requests_asked.ts";
import type { RowWindows } from "./row_windows.ts";
import { useSeldom } from "./seldom.ts";
import { Timeline } from "./timeline.tsx";
import { useRows } from "./use_rows.ts";

export function RequestsPage({ source, run, address: { options } }: PageProps): VNode {
  const { selection, sort } = requestsAsked(options);
  const { q = "" } = selection;
  const range = rangeOf(options);
  const sumsVersion = useSeldom(run.version);
  const version = run.read < 1 ? sumsVersion : run.version;
  const routes = useAsked(source, "routes", { asks: {}, version: sumsVersion, keeps: true });
  const rows = useRows(source, { selection, sort, version });
  const [chosen, setChosen] = useChosen(rows);
  useEffect(() => setChosen(undefined), [q, sort, range?.[0], range?.[1]]);
  const field = useRef<HTMLInputElement>(null);
  const firstInSight = useRef(0);
  const matching = rows.summary?.matching ?? 0;
  const choose = (step: number): void => {
    if (matching > 0) {
      const next = chosen?.index === undefined ? firstInSight.current : chosen.index + step;
      setChosen(Math.min(Math.max(next, 0), matching - 1));
    }
  };
  const setRange = (it: readonly [number, number] | undefined): void =>
    changeOptions(
      it === undefined ? { since: "", until: "" } : { since: it[0].toFixed(1), until: it[1].toFixed(1) },
      true,
    );
  useKeys({
    j: () => choose(1),
    k: () => choose(-1),
    ArrowDown: () => choose(1),
    ArrowUp: () => choose(-1),
    "/": () => field.current?.focus(),
    Enter: chosen?.id === undefined ? undefined : () => goTo(["request", chosen.id!]),
    Escape: () => chosen === undefined ? setRange(undefined) : setChosen(undefined),
  });
  return (
    <>
      {routes.answer === undefined ? "" : <Culprits routes={routes.answer} />}
      <Timeline
        source={source}
        version={sumsVersion}
        q={q}
        range={range}
        onRange={setRange}
        isWanted={rows.summary !== undefined}
      />
      <div class="find toolbar">
        <QueryField text={q} field={field} onText={(text) => changeOptions({ q: text }, false)}>
          <Sums rows={rows} />
        </QueryField>
      </div>
      {matching === 0 && rows.summary !== undefined
        ? <p class="blank">No request is like this. Esc, or less in the search field, shows others.</p>
        : (
          <RequestList
            rows={rows}
            version={version}
            isHeap={run.isHeap}
            sort={sort}
            onSort={(it) => changeOptions({ sort: it === NEWEST_FIRST ? "" : it }, true)}
            chosen={chosen}
            firstInSight={firstInSight}
          />
        )}
    </>
  );
}

/**
 * The row that the keyboard is at. It stays the same request when others come before it, as they do while a run goes on; its index
 * is not known until the server has told it.
 */
function useChosen(rows: RowWindows): [Chosen | undefined, (index: number | undefined) => void] {
  const [chosen, setChosen] = useState<{ readonly index: number; readonly id: string | undefined }>();
  const { index, id } = chosen ?? {};
  const now = index === undefined ? undefined : rows.idAt(index);
  useEffect(() => {
    if (index !== undefined && id === undefined && now !== undefined) setChosen({ index, id: now });
  }, [index, id, now]);
  useEffect(() => {
    if (id !== undefined) void rows.locate(id);
  });
  return [
    chosen && { id, index: id === undefined ? index : rows.indexOf(id) },
    (index) => setChosen(index === undefined ? undefined : { index, id: rows.idAt(index) }),
  ];
}

function Sums({ rows: { summary, error } }: { readonly rows: ReturnType<typeof useRows> }) {
  if (error !== undefined) return <span class="bad">{error.message}</span>;
  if (summary === undefined) return <span class="quiet">…</span>;
  const { matching, requests, cpu, blocked, wait } = summary;
  return (
    <span class="quiet">
      {matching === requests
        ? counted(requests, "request")
        : `${matching.toLocaleString("en-US")} of ${counted(requests, "request")}`}
      {" · "}
      <span class="key cpu">cpu {spokenTime(cpu)}</span>{" "}
      <span class="key blocked">blocked {spokenTime(blocked)}</span>{" "}
      <span class="key wait">wait {spokenTime(wait)}</span>
    </span>
  );
}
