/** The columns of the list of requests. */
import type { ComponentChildren } from "preact";
import type { Row, SortKey } from "../api.ts";
import { addressText } from "./address.ts";
import { bytes, clockTime, columnTime } from "./format.ts";
import { FunctionText } from "./function_text.tsx";
import { SplitBar } from "./split_bar.tsx";

export interface Column {
  /** Undefined: it has no order. */
  readonly key: SortKey | undefined;
  readonly title: string;
  /** What the title means, where that is not plain. */
  readonly about?: string;
  /** Of a CSS grid. */
  readonly width: string;
  readonly isNumber?: boolean;
  /** What it holds may be longer than the column is wide. */
  readonly isCut?: boolean;
  /** Shown also where there is room for few. */
  readonly isEssential?: boolean;
  /** The class of the cell: a colour. An element for it alone would be one more in each row. */
  readonly look?: (row: Row) => string;
  /** `longest` is the longest duration in sight. */
  readonly content: (row: Row, longest: number) => ComponentChildren;
}

const time = (key: "queued" | "blocked" | "wait" | "gc" | "cpu", width: number, about: string): Column => ({
  key,
  title: key,
  about,
  width: `${width}px`,
  isNumber: true,
  look: (row) => row[key] < 0.05 ? "quiet" : "",
  content: (row) => row[key] < 0.05 ? "0" : columnTime(row[key]),
});

const allColumns: readonly Column[] = [
  { key: "start", title: "time", width: "92px", content: ({ start }) => clockTime(start) },
  {
    key: "method",
    title: "method",
    width: "56px",
    isEssential: true,
    isCut: true,
    content: ({ method }) => method,
  },
  {
    key: "url",
    title: "path",
    about: "the request's URL",
    width: "minmax(110px, 1.3fr)",
    isEssential: true,
    isCut: true,
    content: ({ id, url }) => (
      <a href={addressText({ path: ["request", id] })} title={url} tabIndex={-1}>{url}</a>
    ),
  },
  { key: "status", title: "status", width: "44px", look: statusLook, content: ({ status }) => status || "–" },
  {
    key: "duration",
    title: "ms",
    about: "duration = cpu + blocked + wait, in milliseconds",
    width: "62px",
    isEssential: true,
    isNumber: true,
    look: () => "main",
    content: ({ duration }) => columnTime(duration),
  },
  {
    key: undefined,
    title: "split",
    width: "minmax(80px, 120px)",
    isEssential: true,
    content: (row, longest) => <SplitBar {...row} longest={longest} />,
  },
  time("cpu", 56, "the event loop ran this request"),
  time("blocked", 66, "the event loop ran something else meanwhile"),
  time("wait", 56, "neither: a timer, a database, the network"),
  time("queued", 56, "how long it may have lain in its socket before, at most; no part of the duration"),
  time("gc", 40, "garbage collection, a part of cpu"),
  {
    key: "alloc",
    title: "alloc",
    about: "bytes that it allocated in V8's heap, what was collected meanwhile included",
    width: "72px",
    isNumber: true,
    look: ({ alloc }) => alloc === null ? "quiet" : "",
    content: ({ alloc }) => alloc === null ? "–" : bytes(alloc),
  },
  {
    key: "hot",
    title: "hot function",
    about: "the application's function in which most time was spent",
    width: "minmax(228px, 1.5fr)",
    isCut: true,
    content: ({ hot }) => hot === null ? <span class="quiet">–</span> : <FunctionText of={hot} />,
  },
  {
    key: "outcome",
    title: "outcome",
    width: "70px",
    look: ({ outcome }) => outcome === "finished" ? "quiet" : "bad",
    content: (row) => <Outcome row={row} />,
  },
];

/** Those of a run that measured time, and of one that measured bytes, whose collections of garbage no sample tells. */
export const columns = allColumns.filter(({ key }) => key !== "alloc");
export const heapColumns = allColumns.filter(({ key }) => key !== "gc");

function statusLook({ status }: Row): string {
  return status >= 500 ? "bad" : status >= 400 ? "warn" : status === 0 ? "quiet" : "";
}

function Outcome({ row: { outcome, profile } }: { readonly row: Row }) {
  return (
    <>
      {outcome}
      {profile === "kept" ? "" : <span class="unseen">, without a profile</span>}
    </>
  );
}
