/** The rows of the list as a part of what is rendered. */
import { useEffect, useLayoutEffect, useMemo, useReducer } from "preact/hooks";
import type { Selection } from "../api.ts";
import { RowWindows } from "./row_windows.ts";
import type { Source } from "./source.ts";

/** The rows that are asked for; while another question is not answered yet, the rows of the last one. */
export function useRows(source: Source, { selection, sort, version }: {
  readonly selection: Selection;
  readonly sort: string;
  readonly version: number;
}): RowWindows {
  const [, rendered] = useReducer((count: number, _: void) => count + 1, 0);
  const key = JSON.stringify([selection, sort]);
  const held = useMemo(() => ({ shown: undefined as RowWindows | undefined }), []);
  const wanted = useMemo(
    () => new RowWindows((window) => source.ask("rows", { ...selection, sort, ...window }), rendered),
    [source, key],
  );
  useEffect(() => () => wanted.end(), [wanted]);
  useLayoutEffect(() => wanted.show(0, 0, version), [wanted, version]);
  if (wanted.summary !== undefined || wanted.error !== undefined || held.shown === undefined) {
    held.shown = wanted;
  }
  return held.shown;
}
