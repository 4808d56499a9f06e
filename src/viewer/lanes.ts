/** When a request ran, and when those did that held it up. */
import { unitOf } from "../profile/model.ts";
import { OUTSIDE, OUTSIDE_NAME, type RequestProfile } from "../profile/request.ts";
import type { IndexEntry } from "../store/entry.ts";
import { type Microseconds, toMicroseconds, toMilliseconds } from "../units.ts";
import type { Blocked, Lane, Row } from "./api.ts";

/** Stretches told of a lane; where there are more, the shortest gaps between them are closed. */
const MOST_STRETCHES = 1000;
/** Shorter gaps are none: samples that stand for more time than was measured were scaled down, each in its place. */
const LEAST_GAP: Microseconds = 500;
/** The start of a request on the wall clock is whole milliseconds, and this is how far that may be off the profile's clock. */
const CLOCKS_AGREE: Microseconds = 5000;

/** A request as far as it is known. */
export interface KnownRequest {
  readonly row: Row;
  readonly profile: RequestProfile | undefined;
}

type Stretch = readonly [Microseconds, Microseconds];

/** The lane of a request and of those that held it up, which `find` finds by their ids. Pure. */
export function lanesOf(
  subject: KnownRequest,
  blockers: NonNullable<IndexEntry["blockers"]>,
  find: (id: string) => KnownRequest | undefined,
): Lane[] {
  const { row, profile } = timed(subject);
  const holds = profile?.holds ?? [];
  const own: Lane = {
    id: row.id,
    name: `${row.method} ${row.route}`,
    row,
    held: 0,
    from: 0,
    to: row.duration,
    ran: profile === undefined ? null : shown(stretchesOf(profile), profile.profile.startAt),
    blocked: holds.map(({ name, startAt, time }): Blocked => {
      const from = startAt - profile!.profile.startAt;
      return { from: toMilliseconds(from), to: toMilliseconds(from + time), by: name };
    }),
  };
  const known = blockers.map(({ id, ms }) => {
    const found = id === OUTSIDE ? undefined : find(id);
    return { id, ms, found: found && timed(found) };
  });
  const names = known.map(({ id, found }) => {
    return id === OUTSIDE ? OUTSIDE_NAME : found ? `${found.row.method} ${found.row.route}` : id;
  });
  return [
    own,
    ...known.map(({ id, ms, found }, index): Lane => {
      const name = names[index]!;
      const offset = found === undefined ? null : offsetOf(found, { row, profile });
      // Whose profile is not there: where this one's says so, if no other blocker is called the same.
      const isClear = names.filter((it) => it === name).length === 1;
      const held = isClear ? own.blocked.filter(({ by }) => by === name || by === id) : [];
      const ran = found?.profile !== undefined && offset !== null
        ? shown(stretchesOf(found.profile), found.profile.profile.startAt - toMicroseconds(offset))
        : held.length > 0
        ? held.map(({ from, to }) => [from, to] as const)
        : null;
      return {
        id,
        name,
        row: found?.row ?? null,
        held: ms,
        from: offset,
        to: offset === null ? null : offset + found!.row.duration,
        ran,
        blocked: [],
      };
    }),
  ];
}

/** The samples of a profile of bytes say how much was allocated, and not when the request ran. */
function timed({ row, profile }: KnownRequest): KnownRequest {
  const isOfTime = profile !== undefined && unitOf(profile.profile) === "microseconds";
  return { row, profile: isOfTime ? profile : undefined };
}

/** How long after the other a request began, in milliseconds: exact where both profiles are of one clock. */
function offsetOf(it: KnownRequest, other: KnownRequest): number {
  const byWall = it.row.start - other.row.start;
  if (it.profile === undefined || other.profile === undefined) return byWall;
  const byClock = it.profile.profile.startAt - other.profile.profile.startAt;
  return Math.abs(byClock - toMicroseconds(byWall)) <= CLOCKS_AGREE ? toMilliseconds(byClock) : byWall;
}

/** The samples as stretches. */
function stretchesOf({ profile: { samples } }: RequestProfile): Stretch[] {
  const found: [Microseconds, Microseconds][] = [];
  for (const [i, startAt] of samples.startAt.entries()) {
    const endAt = startAt + samples.time[i]!;
    const last = found.at(-1);
    if (last !== undefined && startAt - last[1] <= LEAST_GAP) last[1] = endAt;
    else if (endAt > startAt) found.push([startAt, endAt]);
  }
  return found;
}

function shown(stretches: readonly Stretch[], zeroAt: Microseconds): (readonly [number, number])[] {
  return joined(stretches).map(([from, to]) => [toMilliseconds(from - zeroAt), toMilliseconds(to - zeroAt)]);
}

/** At most so many: those with the shortest gaps between them become one. */
function joined(stretches: readonly Stretch[]): Stretch[] {
  if (stretches.length <= MOST_STRETCHES) return [...stretches];
  const gaps = stretches.slice(1).map(([from], i) => from - stretches[i]![1]);
  const closed = [...gaps.keys()].sort((a, b) => gaps[a]! - gaps[b]!).slice(
    0,
    gaps.length + 1 - MOST_STRETCHES,
  );
  const isClosed = new Set(closed);
  const found: [Microseconds, Microseconds][] = [];
  for (const [i, [from, to]] of stretches.entries()) {
    if (i > 0 && isClosed.has(i - 1)) found.at(-1)![1] = to;
    else found.push([from, to]);
  }
  return found;
}
