/** Many routes in one place that differ by one segment are one route for people: `/wiki/:x`. */

/** So many different names in one place are no routes of their own. */
export const MANY = 100;

/** What stands for them. */
export const ANY = ":x";

/** A row of a table of routes. */
export interface Row {
  /** Method and route, as in `GET /wiki/Node.js`. */
  readonly name: string;
  /** The framework has told the route: it is what its author takes for one. */
  readonly isPattern: boolean;
  /** How many it stands for. */
  readonly routes: number;
}

/** For each row what it is to be called: the same name for those that belong together. */
export function groupedNames(rows: readonly Row[]): string[] {
  const split = rows.map(({ name, isPattern }) => isPattern ? [] : name.split("/"));
  const deepest = split.reduce((most, { length }) => Math.max(most, length), 0);
  for (let depth = 1; depth < deepest; depth++) {
    const places = new Map<string, { names: Set<string>; isKnown: boolean }>();
    const placeOf = (parts: readonly string[]) => parts.slice(0, depth).join("/");
    split.forEach((parts, i) => {
      const name = parts[depth];
      if (name === undefined) return;
      const place = placeOf(parts);
      const found = places.get(place) ?? { names: new Set(), isKnown: false };
      places.set(place, found);
      if (name === ANY && rows[i]!.routes > 1) found.isKnown = true;
      else if (isName(name)) found.names.add(name);
    });
    for (const parts of split) {
      if (!isName(parts[depth])) continue;
      const place = places.get(placeOf(parts))!;
      if (place.isKnown || place.names.size >= MANY) parts[depth] = ANY;
    }
  }
  return split.map((parts, i) => parts.length === 0 ? rows[i]!.name : parts.join("/"));
}

/** Whether a name of `groupedNames` stands for the name of a row: it is that, or has `:x` where that has a varying segment. */
export function standsFor(name: string, row: string): boolean {
  if (name === row) return true;
  const [parts, others] = [name.split("/"), row.split("/")];
  return parts.length === others.length &&
    parts.every((it, depth) => it === others[depth] || depth > 0 && it === ANY && isName(others[depth]));
}

/** Whether it is a segment that varies: no placeholder, not the end of a long path, no operation of an endpoint. */
function isName(segment: string | undefined): boolean {
  return segment !== undefined && segment !== "" && segment !== "*" && !/^:[a-z]+$|#/.test(segment);
}
