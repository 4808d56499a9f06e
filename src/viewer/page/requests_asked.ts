/** What the page of all requests asks for, as its address says. */
import type { Selection } from "../api.ts";
import type { Address } from "./address.ts";
import { windowAsked } from "./row_windows.ts";
import type { Source } from "./source.ts";

export const NEWEST_FIRST = "-start";

/** The chosen range of time; undefined if the address names none. */
export function rangeOf({ since, until }: Address["options"]): readonly [number, number] | undefined {
  const range = [Number(since), Number(until)] as const;
  return since !== undefined && until !== undefined && range.every(Number.isFinite) ? range : undefined;
}

/** Which requests, in which order. */
export function requestsAsked(
  options: Address["options"],
): { readonly selection: Selection; readonly sort: string } {
  const { q = "", sort = NEWEST_FIRST } = options;
  const [since, until] = rangeOf(options) ?? [];
  return { selection: { q, ...(since === undefined ? {} : { since, until: until! }) }, sort };
}

/** Asks for what the first page shows while the browser is still busy with drawing it. */
export function prepareFirstPage(source: Source, { path: [name = "requests"], options }: Address): void {
  source.prepare("run", {});
  if (name !== "requests") return;
  const { selection, sort } = requestsAsked(options);
  source.prepare("rows", { ...selection, sort, ...windowAsked(0) });
  source.prepare("routes", {});
}
