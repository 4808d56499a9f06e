/**
 * Routers that leave nothing of a route but its parameters: Polka and tinyhttp set `request.params`. The pattern is the path with the
 * names of the parameters where their values stand, if the URL leaves no doubt about that.
 */
import { segmentsOf } from "../../protocol/pattern.ts";

const NAME = /^[A-Za-z_]\w*$/;
/** What an author writes into a pattern; anything else may be a value that no parameter has. */
const WORD = /^[A-Za-z][A-Za-z._-]*\d{0,2}$/;

/**
 * Undefined where there are no parameters, where a value stands in several places of the path or in none, and where one is of the query:
 * some servers put that among the parameters.
 */
export function patternByParams(url: string, params: unknown): string | undefined {
  if (typeof params !== "object" || params === null || Array.isArray(params)) return undefined;
  const [path = "", query] = url.split("?", 2);
  for (const [name, value] of new URLSearchParams(query)) {
    if (Reflect.get(params, name) === value) return undefined;
  }
  const given = segmentsOf(path);
  const pattern = [...given];
  let isNamed = false;
  for (const [name, value] of Object.entries(params)) {
    if (value === undefined) continue;
    // Groups of regular expressions have numbers, which say nothing to people.
    if (typeof value !== "string" || value === "" || !(name === "*" || NAME.test(name))) return undefined;
    const index = indexOf(given, value);
    if (index === undefined || pattern[index] !== given[index]) return undefined;
    const length = segmentsOf(value).length;
    if (length > 1 || name === "*") {
      if (index + length !== given.length) return undefined;
      pattern.splice(index, length, "*");
    } else pattern[index] = `:${name}`;
    isNamed = true;
  }
  const isSure = pattern.every((segment) => /^[:*]/.test(segment) || WORD.test(segment));
  return isNamed && isSure ? `/${pattern.join("/")}` : undefined;
}

/** Where these segments stand, if that is in one place. */
function indexOf(given: readonly string[], value: string): number | undefined {
  const wanted = segmentsOf(value);
  const isAt = (start: number) =>
    wanted.every((segment, i) => given[start + i] === segment || decoded(given[start + i]) === segment);
  const places = [...given.keys()].filter(isAt);
  return places.length === 1 ? places[0] : undefined;
}

function decoded(segment = ""): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}
