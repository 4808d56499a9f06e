/** A row of the list of requests. */
import type { VNode } from "preact";
import { useMemo, useRef } from "preact/hooks";
import type { Row } from "../api.ts";
import { goTo } from "./address.ts";
import type { Column } from "./columns.tsx";

export function ListRow({ columns, index, top, row, longest, isChosen }: {
  readonly columns: readonly Column[];
  readonly index: number;
  readonly top: number;
  readonly row: Row | undefined;
  readonly longest: number;
  readonly isChosen: boolean;
}): VNode {
  // What was there stays, unseen, until the row is filled: to empty it would be work for nothing.
  const shown = useRef<Row>(undefined);
  const isFilled = row !== undefined;
  const filled = shown.current = row ?? shown.current;
  // What is the same is not compared: most rows in sight are, from one step of scrolling to the next.
  const cells = useMemo(
    () =>
      columns.map((column) => (
        <span key={column.title} role="gridcell" class={classOf(column, filled)}>
          {filled === undefined ? "" : column.content(filled, longest)}
        </span>
      )),
    [columns, filled, longest],
  );
  return useMemo(
    () => (
      <div
        id={`row-${index}`}
        class={isFilled ? "grid-row" : "grid-row awaited"}
        role="row"
        aria-rowindex={index + 2}
        aria-selected={isChosen}
        style={{ transform: `translateY(${top}px)` }}
        onClick={(event) => {
          if (filled !== undefined && !(event.target as Element).closest("a")) goTo(["request", filled.id]);
        }}
      >
        {cells}
      </div>
    ),
    [cells, filled, index, top, isFilled, isChosen],
  );
}

/** Only what may be too long is cut: each cell that is costs a frame some time. */
export function classOf({ isNumber, isCut, look }: Column, row?: Row): string {
  return `${isCut ? "cut" : ""} ${isNumber ? "number" : ""} ${row === undefined ? "" : look?.(row) ?? ""}`
    .trim();
}
