/** What a page asks, read from the query of an address. */
import type { ProfileQuery, RowsQuery, Selection, TimelineQuery } from "./api.ts";
import { orderOf } from "./table/selection.ts";

/** Something is wrong with a question: `status` says whether it makes no sense (400) or there is no answer (404). */
export class NoAnswer extends Error {
  readonly status: 400 | 404;

  constructor(status: 400 | 404, sentence: string) {
    super(sentence);
    this.status = status;
  }
}

/** A longer search is none. */
const LONGEST_SEARCH = 10_000;

export function rowsQuery(query: URLSearchParams): RowsQuery {
  const sort = textIn(query, "sort");
  const around = textIn(query, "around");
  if (sort !== undefined && orderOf(sort) === undefined) {
    throw new NoAnswer(400, `"${sort}" is no order: expected a column such as duration, or -duration`);
  }
  return {
    ...selection(query),
    from: numberIn(query, "from") ?? 0,
    count: numberIn(query, "count") ?? 0,
    ...(sort === undefined ? {} : { sort }),
    ...(around === undefined ? {} : { around }),
  };
}

export function timelineQuery(query: URLSearchParams): TimelineQuery {
  return {
    ...selection(query),
    columns: numberIn(query, "columns") ?? 1,
    lines: numberIn(query, "lines") ?? 1,
  };
}

export function profileQuery(query: URLSearchParams): ProfileQuery {
  const [id, route, format, base] = [
    textIn(query, "id"),
    textIn(query, "route"),
    textIn(query, "format"),
    numberIn(query, "base"),
  ];
  return {
    own: query.get("own") === "true",
    ...(id === undefined ? {} : { id }),
    ...(route === undefined ? {} : { route }),
    ...(format === undefined ? {} : { format }),
    ...(base === undefined ? {} : { base }),
  };
}

/** The text of this name, without which the question makes no sense. */
export function neededIn(query: URLSearchParams, name: string): string {
  const text = textIn(query, name);
  if (text === undefined) throw new NoAnswer(400, `The question needs "${name}"`);
  return text;
}

/** The number of this name; undefined if it is not there. */
export function numberIn(query: URLSearchParams, name: string): number | undefined {
  const text = textIn(query, name);
  if (text === undefined) return undefined;
  const value = Number(text);
  if (Number.isFinite(value) && value >= 0) return value;
  throw new NoAnswer(400, `"${name}" is "${text}", expected a number`);
}

function selection(query: URLSearchParams): Selection {
  const [q, since, until] = [textIn(query, "q"), numberIn(query, "since"), numberIn(query, "until")];
  if (q !== undefined && q.length > LONGEST_SEARCH) throw new NoAnswer(400, "The search is too long");
  return {
    ...(q === undefined ? {} : { q }),
    ...(since === undefined ? {} : { since }),
    ...(until === undefined ? {} : { until }),
  };
}

function textIn(query: URLSearchParams, name: string): string | undefined {
  return query.get(name) || undefined;
}
