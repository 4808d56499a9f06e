/**
 * The route of a request: what requests of one kind have in common. A summary has one line for each, so variable parts of
 * a path are given names.
 */
import type { RequestInfo } from "../profile/request.ts";
import {
  isCatchAll,
  isFixedLength,
  isLiteral,
  OPERATION,
  segmentsOf,
  UNCOVERED,
} from "../profile/pattern.ts";
import { splitTarget } from "../profile/request.ts";
import { Memo } from "./memo.ts";
import { operationOf, procedureOf } from "./operation.ts";
import { decodePercent } from "./percent.ts";

/** Deeper paths end in `*`. */
const MAX_SEGMENTS = 12;
/** A segment longer than this, in UTF-16 units, is no fixed part of a path. */
const MAX_SEGMENT = 64;
/** What a framework tells is cut to this, in UTF-16 units. */
const MAX_TOLD = 1000;
/** A route is cut to this, in UTF-16 units. */
const MAX_ROUTE = 400;

/** What a segment is called when it looks like one of these; the first that fits. */
const VARIABLES: readonly { readonly name: string; readonly looksLike: RegExp }[] = [
  // Numbers, also several: 42, -1, 3.14, 48.85,2.35
  { name: ":id", looksLike: /^[-+]?\d+(?:[.,:][-+]?\d+)*$/ },
  { name: ":date", looksLike: /^\d{4}-\d{2}(?:-\d{2})?(?:[T ][\d:.+-]*Z?)?$/i },
  // Hexadecimal without a digit is a word unless it is long.
  { name: ":id", looksLike: /^(?=.*\d)(?:0x)?[0-9a-f]{7,}$|^[0-9a-f]{16,}$/i },
  // ULID
  { name: ":id", looksLike: /^[0-7][0-9A-HJKMNP-TV-Z]{25}$/i },
  { name: ":email", looksLike: /^[^@\s]+@[^@\s]+\.[a-z]{2,}$/i },
  // JSON Web Token
  { name: ":token", looksLike: /^ey[\w-]+\.[\w-]+\.[\w-]*$/ },
];

const UUID = /\{?[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\}?/gi;

/** The end of a file's name: `.js`, `.tar.gz`, `.js.map`. */
const ENDING = /(?:\.[a-z][a-z0-9]{0,8}){1,2}$/i;

/** Where bundlers put the hash of a file's content: `index-BdF3kx9Q`, `main.8a7f6e5d`. */
const HASHED = [/^(.*[.-])([\w-]{8})$/, /^(.*[.-])([0-9a-f]{8,64})$/i];

/**
 * The route: the framework's pattern, else the path with its variable parts named; no method, no query. What a pattern does not
 * cover is named like a path. An endpoint for many operations has a route for each whose name is known.
 */
export function routeOf(request: Pick<RequestInfo, "url" | "pattern">): string {
  const { path, query } = splitTarget(request.url);
  if (path === "*") return path;
  const { pattern, operation } = toldOf(request);
  const given = segmentsOf(path);
  const procedure = procedureOf(given);
  const segments = pattern === undefined ? byPath(given) : byPattern(pattern, given);
  if (procedure !== undefined) return joined([...segments.slice(0, procedure.depth), procedure.name]);
  const named = operationOf({ path, query, told: operation });
  return joined(segments).slice(0, MAX_ROUTE) + (named === undefined ? "" : OPERATION + named);
}

/** Whether the framework says what the request was for: then its route is what the author of the server takes for one. */
export function isKnownRoute(request: Pick<RequestInfo, "url" | "pattern" | "status">): boolean {
  return toldOf(request).pattern !== undefined ||
    // Without the second it is none, and to take its path apart takes longer than all else that is done for a line of the index.
    (request.status !== 404 && request.url.includes("trpc") &&
      procedureOf(segmentsOf(splitTarget(request.url).path)) !== undefined);
}

interface Told {
  readonly pattern: string | undefined;
  readonly operation: string | undefined;
}

const NOTHING: Told = { pattern: undefined, operation: undefined };

/** A server has few patterns, and most of its requests have one of them. */
const told = new Memo<Told>();

function toldOf({ pattern }: Pick<RequestInfo, "pattern">): Told {
  if (pattern === undefined) return NOTHING;
  let known = told.get(pattern);
  if (known === undefined) told.set(pattern, known = takeApart(pattern));
  return known;
}

function takeApart(pattern: string): Told {
  const [path = "", operation] = pattern.slice(0, MAX_TOLD).split(OPERATION, 2);
  return { pattern: path === "" || isCatchAll(path) ? undefined : path, operation };
}

function byPattern(pattern: string, given: readonly string[]): readonly string[] {
  const own = segmentsOf(pattern);
  if (own.at(-1) === UNCOVERED) {
    const covered = own.slice(0, -1);
    return [...covered, ...byPath(given.slice(covered.length))];
  }
  const before = given.length - own.length;
  const isEnd = before > 0 && isFixedLength(pattern) &&
    own.every((segment, i) => !isLiteral(segment) || segment === given[before + i]);
  return isEnd ? [...byPath(given.slice(0, before)), ...own] : own;
}

function byPath(given: readonly string[]): readonly string[] {
  const kept = given.slice(0, MAX_SEGMENTS).map(nameSegment);
  return given.length > MAX_SEGMENTS ? [...kept, "*"] : kept;
}

function joined(segments: readonly string[]): string {
  return `/${segments.join("/")}`;
}

/** Most segments of paths are numbers, or the same again and again. */
const segmentNames = new Memo<string>();

function nameSegment(raw: string): string {
  if (/^\d+$/.test(raw)) return ":id";
  let name = segmentNames.get(raw);
  if (name === undefined) segmentNames.set(raw, name = findName(raw));
  return name;
}

function findName(raw: string): string {
  const segment = decodePercent(raw).replace(/;.*/, "");
  const whole = variableOf(segment);
  if (whole) return whole;
  const ending = ENDING.exec(segment)?.[0] ?? "";
  const stem = segment.slice(0, segment.length - ending.length);
  for (const hashed of ending ? HASHED : []) {
    const [, name, hash = ""] = hashed.exec(stem) ?? [];
    if (name && isHash(hash)) return `${name}:hash${ending}`;
  }
  if (ending && variableOf(stem)) return variableOf(stem) + ending;
  if (/[\s\p{C}/?#%]/u.test(segment)) return ":text";
  const named = segment.replace(UUID, ":id").replace(/[A-Za-z0-9]+/g, namePart);
  return named.length > MAX_SEGMENT ? ":text" : named;
}

function variableOf(text: string): string | undefined {
  const variable = VARIABLES.find(({ looksLike }) => looksLike.test(text));
  return variable ? variable.name : isMixed(text) && isRandom(text) ? ":id" : undefined;
}

/** Names the variable parts between the separators of a segment: `order-10023` is `order-:id`. */
function namePart(part: string): string {
  if (/^(?=.*\d)[0-9a-f]{7,}$/i.test(part) || isRandom(part)) return ":id";
  return part.replace(/\d{4,}/g, ":id");
}

/** Whether a part of a static file's name is the hash of its content. */
function isHash(text: string): boolean {
  if (!/[a-z]/i.test(text)) return false;
  if (/^(?=.*\d)[0-9A-Fa-f]+$|^[A-Z2-7]{8}$/.test(text)) return true;
  if (/[_-]/.test(text) && meanWord(text) >= 2) return false;
  // Words, at most two, may have a number: `awesome5`, `MyButton`, `README`.
  return !/^(?:[A-Z]?[a-z]+){1,2}\d{0,4}$|^[A-Z]+$/.test(text) && /\d|[a-z][A-Z]/.test(text) &&
    meanWord(text) < 4;
}

/** Whether a text looks drawn at random from letters and digits rather than written by a person. */
function isRandom(text: string): boolean {
  if (!/^[\w-]{10,}=*$/.test(text)) return false;
  const digits = text.replace(/\D/g, "").length;
  const word = meanWord(text);
  const unspeakable = /[bcdfghj-np-tv-xz]{5,}/i.test(text);
  if (isMixed(text)) {
    const least = digits === 0 ? (text.length >= 16 ? 2.5 : 2) : text.length >= 20 ? 3.5 : 2.5;
    return word < (unspeakable ? least + 0.5 : least);
  }
  if (digits === 0 || /[_-]/.test(text)) return false;
  return unspeakable || /\d\D+\d\D|\D\d+\D+\d/.test(text) || (text.length >= 16 && digits >= 2 && word < 4);
}

function isMixed(text: string): boolean {
  return /[a-z]/.test(text) && /[A-Z]/.test(text);
}

/** The mean length of the words and numbers of a text: what people write has long ones. */
function meanWord(text: string): number {
  const words = text.match(/[A-Z]?[a-z]+|[A-Z]+(?![a-z])|\d+/g) ?? [];
  return words.join("").length / Math.max(words.length, 1);
}
