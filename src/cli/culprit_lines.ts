/** What a run says of who made it slow, and where to look. Pure. */
import { join } from "node:path";
import { type HotFunction, OTHER } from "../store/entry.ts";
import type { Bytes, Milliseconds } from "../units.ts";
import { printable, shortened } from "./printable.ts";
import { placeText } from "../analysis/place_text.ts";
import { quotedWord } from "./quoted_word.ts";
import { type RouteTable, type RouteTotals, topRoutes } from "../analysis/routes.ts";

const WIDEST_NAME = 80;
/** A route is blocked if it was for this share of its time, and so long on average. */
const MUCH = 0.1;
const LONG: Milliseconds = 1;

type Place = Omit<HotFunction, "self">;

/** Where a function stands; empty if that is not known. */
export function placeOf(hot: Pick<HotFunction, "file" | "line">): string {
  return printable(placeText(hot));
}

/** A function with its place, as in `hashPassword auth.ts:57`; an anonymous one is its place. */
export function functionText(hot: Place): string {
  const place = placeOf(hot);
  if (hot.function === "") return place === "" ? "(anonymous)" : place;
  return `${shortened(printable(hot.function), WIDEST_NAME)} ${place}`.trimEnd();
}

/** The same as people write it in a sentence, as in `hashPassword (auth.ts:57)`. */
export function functionInSentence(hot: Place): string {
  const place = placeOf(hot);
  const name = hot.function === ""
    ? "an anonymous function"
    : shortened(printable(hot.function), WIDEST_NAME);
  return place === "" ? name : `${name} (${place})`;
}

/** A time as people say it: `57 ms`, `3.4 ms`, `0.21 ms`. */
export function spoken(ms: Milliseconds): string {
  return `${number(ms)} ms`;
}

/** Bytes as people say it: `12.3 MB`, `830 kB`, `96 B`. */
export function spokenBytes(bytes: Bytes): string {
  const units = ["B", "kB", "MB", "GB", "TB"];
  let unit = 0;
  for (; bytes >= 999.5 && unit < units.length - 1; unit++) bytes /= 1000;
  return `${unit === 0 || bytes >= 99.95 ? bytes.toFixed(0) : bytes.toFixed(1)} ${units[unit]}`;
}

function number(ms: Milliseconds): string {
  return ms >= 9.95 ? ms.toFixed(0) : ms >= 0.995 ? ms.toFixed(1) : ms.toFixed(2);
}

/** Which route took most CPU, which allocated most, and which was blocked most, and by whom. */
export function culpritLines(table: RouteTable): string[] {
  const routes = topRoutes(table, Infinity);
  const busiest = mostOf(routes, ({ cpu }) => cpu);
  const victim = mostOf(routes, ({ blocked }) => blocked);
  const lines: string[] = [];
  if (busiest !== undefined) lines.push(`Most CPU: ${cpuText(busiest, table)}`);
  const hog = mostOf(routes, ({ alloc }) => alloc);
  if (hog !== undefined) lines.push(`Most allocated: ${allocatedText(hog, table)}`);
  if (victim !== undefined && isBlocked(victim)) lines.push(`Most blocked: ${blockedText(victim, table)}`);
  return lines;
}

function cpuText({ name, names, cpu, count }: RouteTotals, { culprits }: RouteTable): string {
  const [hot] = culprits.functions(...names);
  const where = hot === undefined ? "" : `: ${functionInSentence(hot)}`;
  return `${routeText(name)}, ${spoken(cpu / count)} a request${where}`;
}

function allocatedText({ name, names, alloc, allocating }: RouteTotals, { culprits }: RouteTable): string {
  const [most] = culprits.allocators(...names);
  const where = most === undefined ? "" : `: ${functionInSentence(most)}`;
  return `${routeText(name)}, ${spokenBytes(alloc / allocating)} a request${where}`;
}

function blockedText(
  { name, names, blocked, duration, count }: RouteTotals,
  { culprits }: RouteTable,
): string {
  const [by] = culprits.blockers(...names);
  const who = by === undefined ? "" : ` by ${routeText(by.name)}`;
  return `${routeText(name)}, ${number(blocked / count)} of ${spoken(duration / count)}${who}`;
}

function isBlocked({ blocked, duration, count }: RouteTotals): boolean {
  return blocked >= MUCH * duration && blocked / count >= LONG;
}

/**
 * The route to look at first: the one that allocated most where that is what was measured; else that which took most CPU, and that way held up
 * all others.
 */
export function routeToLookAt(table: RouteTable): RouteTotals | undefined {
  const routes = topRoutes(table, Infinity).filter(({ name }) => name !== OTHER);
  return mostOf(routes, ({ alloc }) => alloc) ?? mostOf(routes, ({ cpu }) => cpu);
}

/** What DevTools and VS Code open. */
const OPENED = /\.(?:cpu|heap)profile$/;

/** Where the cause is to be seen: the one command, and the one profile. */
export function whereToLook(
  table: RouteTable,
  directory: string,
  { platform, program }: { readonly platform: string; readonly program: string },
): string[] {
  const route = routeToLookAt(table);
  if (route === undefined) return [];
  const command = `${program} report ${quotedWord(directory, platform)} --route ${
    quotedWord(route.name, platform)
  }`;
  const file = route.slowest?.files.find((it) => OPENED.test(it));
  return [
    `Look at ${routeText(route.name)} first: ${printable(command)}`,
    ...(file === undefined ? [] : [
      `or open the profile of its slowest request in Chrome DevTools (${
        file.endsWith(".heapprofile") ? "Memory" : "Performance"
      } > Load profile) or VS Code: ${printable(join(directory, file))}`,
    ]),
  ];
}

function routeText(name: string): string {
  return shortened(printable(name), WIDEST_NAME);
}

function mostOf(
  routes: readonly RouteTotals[],
  value: (route: RouteTotals) => number,
): RouteTotals | undefined {
  let most: RouteTotals | undefined;
  for (const route of routes) if (value(route) > (most === undefined ? 0 : value(most))) most = route;
  return most;
}
