/** Functions and their times. */
import type { VNode } from "preact";
import type { FunctionRow } from "../api.ts";
import type { Editor } from "./editor.ts";
import { bytes, columnTime, count, functionName } from "./format.ts";
import { FunctionPlace } from "./place.tsx";
import { RouteLink } from "./culprits.tsx";
import { SortedTable, type TableColumn } from "./sorted_table.tsx";

const COUNTED = "counted; of an async function or a generator each time that it went on counts, too";
/** The index has no more. */
const OF_RUN = ". Of each request only the ten functions that it called most count.";

/** What is shown of a function; the routes are known of a whole run only. */
type Shown = Omit<FunctionRow, "routes"> & Partial<Pick<FunctionRow, "routes">>;

/** The name and place of a function. */
export function functionColumn<Row extends Omit<Shown, "self" | "total">>(editor: Editor): TableColumn<Row> {
  return {
    key: "function",
    title: "function",
    isWide: true,
    value: functionName,
    content: (it) => <FunctionPlace of={it} editor={editor} />,
  };
}

export function FunctionTable({ functions, most, editor, sort, isHeap = false }: {
  readonly functions: readonly Shown[];
  /** So many are shown until a person asks for all. */
  readonly most?: number;
  readonly editor: Editor;
  readonly sort: string;
  /** They are bytes. */
  readonly isHeap?: boolean;
}): VNode {
  const amount = isHeap ? bytes : columnTime;
  const about = isHeap ? "" : "ms";
  const isOfRun = functions.some((it) => it.routes !== undefined);
  const routes: TableColumn<Shown> = {
    key: "routes",
    title: "called from",
    value: (it) => it.routes?.[0]?.name ?? "",
    content: (it) =>
      it.routes?.slice(0, 3).map(({ name, self }, i) => (
        <span key={name}>
          {i === 0 ? "" : ", "}
          <RouteLink name={name} /> <span class="quiet">{amount(self)}</span>
        </span>
      )),
  };
  const calls: TableColumn<Shown> = {
    key: "calls",
    title: "calls",
    about: `${COUNTED}${isOfRun ? OF_RUN : ""}`,
    value: (it) => it.callCount ?? 0,
    content: (it) => it.callCount === undefined ? "" : count(it.callCount),
  };
  const columns: TableColumn<Shown>[] = [
    functionColumn(editor),
    {
      key: "self",
      title: `self ${about}`.trimEnd(),
      about: "in the function itself",
      value: (it) => it.self,
      content: (it) => amount(it.self),
    },
    {
      key: "total",
      title: `total ${about}`.trimEnd(),
      about: "in it and what it calls",
      value: (it) => it.total,
      content: (it) => amount(it.total),
    },
    ...(functions.some((it) => it.callCount !== undefined) ? [calls] : []),
    ...(isOfRun ? [routes] : []),
  ];
  if (functions.length === 0) return <p class="quiet">No sample saw a function.</p>;
  return (
    <SortedTable
      title="Functions"
      rows={functions}
      columns={columns}
      rowKey={(it) => `${it.function} ${it.file}:${it.line}`}
      sort={sort}
      {...(most === undefined ? {} : { most })}
    />
  );
}
