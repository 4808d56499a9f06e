/**
 * The language of the search field: `/orders method:post status:5xx cpu>50 route:/orders/:id -route:/health`.
 *
 * Written by hand: npm's search-query-parser knows no `cpu>50` and no faults, so most of this would stand around it all the same.
 *
 * Words without a field are looked for in the URL, the route and the hot function. All conditions must hold.
 */
import type { Row } from "./api.ts";

/** Whether a row is asked for. */
export type Condition = (row: Row) => boolean;

/** What was typed, understood as far as possible. */
export interface Query {
  readonly matches: Condition;
  /** What is wrong with it, one sentence; undefined if nothing is. */
  readonly error: string | undefined;
}

type Operator = ":" | "=" | ">" | ">=" | "<" | "<=";

const texts: Readonly<Record<string, (row: Row) => string>> = {
  path: (row) => row.path,
  route: (row) => row.route,
  url: (row) => row.url,
  hot: (row) => row.hot ? `${row.hot.function} ${row.hot.file}:${row.hot.line}` : "",
  runtime: (row) => row.runtime,
  trace: (row) => row.trace ?? "",
};

/** Fields of which only the whole value counts. */
const words: Readonly<Record<string, (row: Row) => string>> = {
  method: (row) => row.method,
  outcome: (row) => row.outcome,
  id: (row) => row.id,
  pid: (row) => String(row.pid),
};

const times: Readonly<Record<string, (row: Row) => number>> = {
  duration: (row) => row.duration,
  queued: (row) => row.queued ?? 0,
  cpu: (row) => row.cpu,
  blocked: (row) => row.blocked,
  wait: (row) => row.wait,
  gc: (row) => row.gc,
};

/** Bytes; of a run that did not measure them no condition on them holds. */
const sizes: Readonly<Record<string, (row: Row) => number>> = { alloc: (row) => row.alloc ?? NaN };

/** Every field that can be asked for. */
export const fields: readonly string[] = ["method", "status", "route", "path", "url", "hot", "outcome"]
  .concat(
    Object.keys(times),
    Object.keys(sizes),
    ["id", "pid", "runtime", "trace"],
  );

const term = /(-)?(?:([a-z]\w*)(:|=|>=|<=|>|<))?("(?:[^"\\]|\\.)*"?|[^\s"]\S*)?/giy;

/** Understands what was typed; conditions that are wrong are left out. */
export function parseQuery(text: string): Query {
  const conditions: Condition[] = [];
  const errors: string[] = [];
  for (const found of termsOf(text)) {
    const condition = conditionOf(found);
    if (typeof condition === "string") errors.push(condition);
    else conditions.push(found.isExcluded ? (row) => !condition(row) : condition);
  }
  return { matches: (row) => conditions.every((it) => it(row)), error: errors[0] };
}

interface Term {
  readonly isExcluded: boolean;
  readonly field: string | undefined;
  readonly operator: Operator;
  readonly value: string;
}

function termsOf(text: string): Term[] {
  const found: Term[] = [];
  for (let offset = 0; offset < text.length;) {
    term.lastIndex = offset;
    const [all = "", minus, field, operator, value = ""] = term.exec(text) ?? [];
    offset += Math.max(all.length, 1);
    if (all.trim() === "") continue;
    const isExcluded = minus !== undefined;
    found.push({
      isExcluded,
      field: field?.toLowerCase(),
      operator: (operator ?? ":") as Operator,
      value: unquoted(value),
    });
  }
  return found;
}

function unquoted(value: string): string {
  return value.startsWith('"') ? value.replace(/^"|"$/g, "").replace(/\\(.)/g, "$1") : value;
}

/** The condition, or what is wrong with it. */
function conditionOf({ field, operator, value }: Term): Condition | string {
  if (field === undefined) return containing(value);
  if (value === "") return `"${field}${operator}" needs a value, as in ${exampleOf(field)}`;
  if (field === "status") return statusCondition(operator, value);
  const time = own(times, field);
  if (time !== undefined) return amountCondition(time, TIME, { field, operator, value });
  const size = own(sizes, field);
  if (size !== undefined) return amountCondition(size, SIZE, { field, operator, value });
  const word = own(words, field);
  const text = own(texts, field);
  if (word === undefined && text === undefined) {
    return `There is no field "${field}": there are ${fields.join(", ")}`;
  }
  if (operator !== ":" && operator !== "=") {
    return `"${field}" is a text and cannot be compared by "${operator}"`;
  }
  if (word !== undefined) {
    const wanted = value.toLowerCase().split(",");
    return (row) => wanted.includes(word(row).toLowerCase());
  }
  return textCondition(text!, field, value);
}

function containing(value: string): Condition {
  const wanted = value.toLowerCase();
  return (row) =>
    row.url.toLowerCase().includes(wanted) || row.route.toLowerCase().includes(wanted) ||
    (row.hot?.function.toLowerCase().includes(wanted) ?? false);
}

/** A route is asked for whole, `*` stands for anything; in other texts the value is looked for. */
function textCondition(text: (row: Row) => string, field: string, value: string): Condition {
  const wanted = value.toLowerCase();
  if (!wanted.includes("*")) {
    return field === "route"
      ? (row) => text(row).toLowerCase() === wanted
      : (row) => text(row).toLowerCase().includes(wanted);
  }
  const pieces = wanted.split("*");
  return (row) => isLike(text(row).toLowerCase(), pieces);
}

/** Whether the pieces are in the text one after another, the first and the last at its ends. Not by an expression, which may take for ever. */
function isLike(text: string, [first = "", ...others]: readonly string[]): boolean {
  const last = others.pop() ?? "";
  if (text.length < first.length + last.length || !text.startsWith(first) || !text.endsWith(last)) {
    return false;
  }
  const end = text.length - last.length;
  let at = first.length;
  for (const piece of others) {
    const found = text.indexOf(piece, at);
    if (found < 0 || found + piece.length > end) return false;
    at = found + piece.length;
  }
  return true;
}

function statusCondition(operator: Operator, value: string): Condition | string {
  const isClass = /^[1-5](?:xx)?$/i.test(value);
  if (isClass && (operator === ":" || operator === "=")) {
    const hundred = Number(value[0]);
    return ({ status }) => Math.floor(status / 100) === hundred;
  }
  const numbers = value.split(",").map(Number);
  if (!numbers.every((it) => Number.isInteger(it) && it >= 0)) {
    return `"status" needs a number such as 404 or a class such as 5xx, not "${value}"`;
  }
  if (operator === ":" || operator === "=") return ({ status }) => numbers.includes(status);
  return ({ status }) => compare(status, operator, numbers[0]!);
}

/** A number with a unit. */
interface Amount {
  readonly examples: string;
  /** The first is meant where none is given. */
  readonly units: Readonly<Record<string, number>>;
}

const TIME: Amount = {
  examples: "a time such as 50, 50ms or 1.5s",
  units: { ms: 1, us: 0.001, "µs": 0.001, s: 1000 },
};
const SIZE: Amount = {
  examples: "a size such as 500, 100kB or 1.5MB",
  units: { b: 1, kb: 1e3, mb: 1e6, gb: 1e9, kib: 2 ** 10, mib: 2 ** 20, gib: 2 ** 30 },
};

function amountCondition(
  amount: (row: Row) => number,
  { examples, units }: Amount,
  { field, operator, value }: { field: string; operator: Operator; value: string },
): Condition | string {
  const [, digits, unit = Object.keys(units)[0]!] = /^(\d+(?:\.\d*)?|\.\d+)([a-zµ]+)?$/i.exec(value) ?? [];
  const factor = own(units, unit.toLowerCase());
  if (digits === undefined || factor === undefined) return `"${field}" needs ${examples}, not "${value}"`;
  // A colon before an amount reads as "at least": nobody knows a time to the microsecond.
  return (row) => compare(amount(row), operator === ":" ? ">=" : operator, Number(digits) * factor);
}

function compare(value: number, operator: Operator, wanted: number): boolean {
  if (operator === ">") return value > wanted;
  if (operator === ">=") return value >= wanted;
  if (operator === "<") return value < wanted;
  if (operator === "<=") return value <= wanted;
  return value === wanted;
}

function exampleOf(field: string): string {
  if (field === "status") return "status:5xx";
  if (field === "method") return "method:post";
  return own(times, field) === undefined && own(sizes, field) === undefined
    ? `${field}:${field === "route" ? "/orders/:id" : "text"}`
    : `${field}>50`;
}

function own<T>(table: Readonly<Record<string, T>>, name: string): T | undefined {
  return Object.hasOwn(table, name) ? table[name] : undefined;
}
