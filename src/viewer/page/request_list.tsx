/** The list of requests: of any number of rows only those in sight exist. */
import type { VNode } from "preact";
import {
  elementScroll,
  observeElementOffset,
  observeElementRect,
  type VirtualItem,
  Virtualizer,
} from "@tanstack/virtual-core";
import { useEffect, useMemo, useReducer, useRef, useState } from "preact/hooks";
import type { Row } from "../api.ts";
import { type Column, columns, heapColumns } from "./columns.tsx";
import { useInParts } from "./in_parts.ts";
import { classOf, ListRow } from "./list_row.tsx";
import type { RowWindows } from "./row_windows.ts";

const ROW_HEIGHT = 26;
/** Rows beyond those in sight, so that scrolling finds them ready. */
const OVERSCAN = 6;
/** From one length of the bars to the next. */
const STEP = 1.5;
/** All columns need so much room. */
const LEAST_WIDTH = 1192;
const essentialColumns = columns.filter((it) => it.isEssential);
/** Narrower, only the essential ones are shown. */
const narrow = matchMedia("(max-width: 640px)");

/** The request that the keyboard is at. */
export interface Chosen {
  /** Undefined while the request of the row is not known. */
  readonly id: string | undefined;
  /** Undefined while its row is not known. */
  readonly index: number | undefined;
}

interface Props {
  readonly rows: RowWindows;
  readonly version: number;
  readonly isHeap: boolean;
  /** A `SortKey`, with `-` before it for falling order. */
  readonly sort: string;
  readonly onSort: (sort: string) => void;
  readonly chosen: Chosen | undefined;
  /** Where the index of the first row in sight is put. */
  readonly firstInSight: { current: number };
}

export function RequestList({ rows, version, isHeap, sort, onSort, chosen, firstInSight }: Props): VNode {
  const isNarrow = useMatch(narrow);
  const shown = isNarrow ? essentialColumns : isHeap ? heapColumns : columns;
  const layout = {
    "--columns": shown.map(({ width }) => width).join(" "),
    "--least": isNarrow ? "0" : `${LEAST_WIDTH}px`,
  };
  const place = useRef<HTMLDivElement>(null);
  const count = rows.summary?.matching ?? 0;
  const list = useVirtualRows(place, count);
  const items = list.getVirtualItems();
  const first = items[0]?.index ?? 0;
  const last = items.at(-1)?.index ?? 0;
  useEffect(() => rows.show(first, last, version), [rows, first, last, version]);
  firstInSight.current = list.range?.startIndex ?? 0;
  useFollowed(list, chosen);
  const known = useInParts(items.map(({ index }) => ({ index, row: rows.row(index) })));
  // Only a row that shows the chosen request: what is known of its index may be older than what is shown.
  const isChosen = (index: number, row: Row | undefined): boolean =>
    index === chosen?.index && row !== undefined && row.id === chosen.id;
  const marked = items.find(({ index }, i) => isChosen(index, known[i]));
  const longest = longestOf(known);
  /** As many as there ever were rows in sight. */
  const places = useRef(0);
  places.current = Math.max(places.current, items.length);
  return (
    <div
      ref={place}
      class="list"
      role="grid"
      aria-label="Requests"
      aria-rowcount={count + 1}
      aria-activedescendant={marked === undefined ? undefined : `row-${marked.index}`}
      tabIndex={0}
      style={layout}
    >
      <Headings columns={shown} sort={sort} onSort={onSort} />
      <div class="body" role="rowgroup" style={{ height: `${list.getTotalSize()}px` }}>
        {inPlaces(items, places.current).map(({ index, start, i }) => (
          <ListRow
            key={index % places.current}
            columns={shown}
            index={index}
            top={start}
            row={known[i]}
            longest={longest}
            isChosen={isChosen(index, known[i])}
          />
        ))}
      </div>
    </div>
  );
}

/**
 * Each row keeps its place among the elements and only its content changes when another one comes into sight in its stead, for to
 * make and to move elements takes longer than a frame lasts. `aria-rowindex` tells their order. Pure.
 */
function inPlaces(items: readonly VirtualItem[], places: number) {
  const placed = items.map(({ index, start }, i) => ({ index, start, i }));
  return placed.sort((a, b) => a.index % places - b.index % places);
}

/** What a bar is full at: few are longer, and the others can be told apart. In steps, so that it stays the same while one scrolls. */
function longestOf(rows: readonly (Row | undefined)[]): number {
  const durations = rows.flatMap((row) => row?.duration ?? []).sort((a, b) => a - b);
  const long = durations[Math.floor(durations.length * 0.9)] ?? 1;
  return STEP ** Math.ceil(Math.log(Math.max(long, 0.001)) / Math.log(STEP));
}

function Headings(
  { columns, sort, onSort }: Pick<Props, "sort" | "onSort"> & { readonly columns: readonly Column[] },
) {
  return (
    <div class="headings" role="rowgroup">
      <div class="grid-row" role="row" aria-rowindex={1}>
        {columns.map((column) => {
          const { key, title, about } = column;
          const order = key === undefined || sort.replace("-", "") !== key
            ? undefined
            : sort.startsWith("-")
            ? "descending"
            : "ascending";
          return (
            <span
              key={title}
              role="columnheader"
              class={classOf(column)}
              aria-sort={key === undefined ? undefined : order ?? "none"}
            >
              {key === undefined ? <span class="quiet">{title}</span> : (
                <button
                  type="button"
                  class="sorter cut"
                  title={about}
                  onClick={() => onSort(order === "descending" ? key : `-${key}`)}
                >
                  {title}
                </button>
              )}
            </span>
          );
        })}
      </div>
    </div>
  );
}

/** Scrolls to the chosen row when another one is chosen, and when it moves out of sight; not where somebody has scrolled away from it. */
function useFollowed(list: Virtualizer<HTMLDivElement, HTMLDivElement>, chosen: Chosen | undefined): void {
  const { id, index } = chosen ?? {};
  const last = useRef<Chosen>(undefined);
  useEffect(() => {
    const { startIndex, endIndex } = list.range ?? { startIndex: 0, endIndex: 0 };
    const before = last.current;
    const wasAt = before?.index ?? -1;
    if (index !== undefined && (before?.id !== id || wasAt >= startIndex && wasAt <= endIndex)) {
      list.scrollToIndex(index);
    }
    if (chosen === undefined || index !== undefined) last.current = chosen;
  }, [id, index]);
}

/** Whether a style sheet's condition holds; the caller is rendered again when that changes. */
function useMatch(condition: MediaQueryList): boolean {
  const [matches, setMatches] = useState(condition.matches);
  useEffect(() => {
    const read = (): void => setMatches(condition.matches);
    condition.addEventListener("change", read);
    return () => condition.removeEventListener("change", read);
  }, [condition]);
  return matches;
}

/** The rows in sight; the caller is rendered again when they change. */
function useVirtualRows(
  place: { readonly current: HTMLDivElement | null },
  count: number,
): Virtualizer<HTMLDivElement, HTMLDivElement> {
  const [, rendered] = useReducer((times: number, _: void) => times + 1, 0);
  const options = {
    count,
    getScrollElement: () => place.current,
    estimateSize: () => ROW_HEIGHT,
    // The headings stand above the first row, and stay in sight.
    scrollMargin: 0,
    scrollPaddingStart: 0,
    overscan: OVERSCAN,
    scrollToFn: elementScroll,
    observeElementRect,
    observeElementOffset,
    onChange: () => rendered(),
  };
  const list = useMemo(() => new Virtualizer<HTMLDivElement, HTMLDivElement>(options), []);
  list.setOptions(options);
  useEffect(() => list._didMount(), []);
  useEffect(() => list._willUpdate());
  return list;
}
