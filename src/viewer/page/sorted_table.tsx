/** A table of some hundred rows, sorted as the address says. */
import type { ComponentChildren, VNode } from "preact";
import { type Address, changeOptions } from "./address.ts";
import { counted } from "./format.ts";

export interface TableColumn<Row> {
  readonly key: string;
  readonly title: string;
  readonly about?: string;
  /** Takes the width that the others leave; is cut where that is not enough. */
  readonly isWide?: boolean;
  /** What the rows are sorted by; a number stands at the right. */
  readonly value: (row: Row) => number | string;
  /** The value itself if absent. */
  readonly content?: (row: Row) => ComponentChildren;
}

interface Props<Row> {
  readonly title: string;
  readonly rows: readonly Row[];
  /** The first is the name of the row. */
  readonly columns: readonly TableColumn<Row>[];
  readonly rowKey: (row: Row) => string;
  /** The column's key, with `-` before it for falling order; empty: the order they have. */
  readonly sort: string;
  /** The name of the option in the address; of tables that share a page each has another. */
  readonly option?: string;
  /** So many rows are shown until a person asks for all: thousands take seconds to draw. */
  readonly most?: number;
}

/** How many of the rows the address asks for. */
export function mostRows(options: Address["options"], most: number): number {
  return options["all"] === "1" ? Infinity : most;
}

export function SortedTable<Row>(
  { title, rows, columns, rowKey, sort, option = "sort", most = Infinity }: Props<Row>,
): VNode {
  const key = sort.replace(/^-/, "");
  const column = columns.find((it) => it.key === key);
  const sign = sort.startsWith("-") ? -1 : 1;
  const sorted = column === undefined
    ? rows
    : [...rows].sort((a, b) => sign * compare(column.value(a), column.value(b)));
  return (
    <div class="scroller" tabIndex={0} role="region" aria-label={title}>
      <table aria-label={title}>
        <thead>
          <tr>
            {columns.map((it) => (
              <th
                key={it.key}
                scope="col"
                class={classOf(it, rows[0])}
                aria-sort={it.key !== key ? "none" : sign < 0 ? "descending" : "ascending"}
              >
                <button
                  type="button"
                  class="sorter"
                  title={it.about}
                  onClick={() =>
                    changeOptions({ [option]: sort === `-${it.key}` ? it.key : `-${it.key}` }, true)}
                >
                  {it.title}
                </button>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {sorted.slice(0, most).map((row) => (
            <tr key={rowKey(row)}>
              {columns.map((it, i) => {
                const content = it.content?.(row) ?? it.value(row);
                return i === 0
                  ? <th key={it.key} scope="row" class={classOf(it, row)}>{content}</th>
                  : <td key={it.key} class={classOf(it, row)}>{content}</td>;
              })}
            </tr>
          ))}
        </tbody>
      </table>
      {rows.length > most
        ? (
          <p class="more">
            <button type="button" onClick={() => changeOptions({ all: "1" }, true)}>
              show all {counted(rows.length, "row")}
            </button>
          </p>
        )
        : ""}
    </div>
  );
}

function classOf<Row>({ isWide, value }: TableColumn<Row>, row: Row | undefined): string {
  if (isWide) return "wide";
  return row !== undefined && typeof value(row) === "number" ? "number" : "";
}

function compare(a: number | string, b: number | string): number {
  return typeof a === "number" && typeof b === "number" ? a - b : String(a).localeCompare(String(b));
}
