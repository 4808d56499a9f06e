/** Who is guilty, first of all: what the summary in the terminal says, with links. */
import type { VNode } from "preact";
import type { RouteRow, Routes } from "../api.ts";
import { addressText } from "./address.ts";
import { placeText } from "../../analysis/place_text.ts";
import { bytes, spokenTime } from "./format.ts";

/** A route is blocked if it was for this share of its time, and so long on average (ms), as in the terminal's summary. */
const MUCH = 0.1;
const LONG_MS = 1;

export function Culprits({ routes: { routes } }: { readonly routes: Routes }): VNode | null {
  const busiest = mostOf(routes, ({ cpu }) => cpu);
  const victim = mostOf(routes, ({ blocked }) => blocked);
  const hog = mostOf(routes, ({ alloc, count }) => (alloc ?? 0) * count);
  if (busiest === undefined) return null;
  return (
    <section class="culprits" aria-label="Culprits">
      {hog === undefined ? <MostCpu route={busiest} /> : <MostAllocated route={hog} />}
      {victim !== undefined && isBlocked(victim) ? <MostBlocked route={victim} /> : ""}
    </section>
  );
}

function MostCpu({ route }: { readonly route: RouteRow }) {
  return <Most of="Most CPU" amount={spokenTime(route.cpu / route.count)} route={route} />;
}

function MostAllocated({ route }: { readonly route: RouteRow }) {
  return <Most of="Most allocated" amount={bytes(Math.round(route.alloc ?? 0))} route={route} />;
}

function Most(
  { of, amount, route }: { readonly of: string; readonly amount: string; readonly route: RouteRow },
) {
  const [hot] = route.functions;
  return (
    <div class="culprit">
      <h2>{of}</h2>
      <p class="who">
        <RouteLink name={route.name} />, {amount} a request
        {hot === undefined ? "" : (
          <>
            : {hot.function === "" ? "an anonymous function" : <code>{hot.function}</code>}
            {placeText(hot) === "" ? "" : ` (${placeText(hot)})`}
          </>
        )}
      </p>
      <Links route={route} />
    </div>
  );
}

function MostBlocked({ route }: { readonly route: RouteRow }) {
  const { count, blocked, duration, blockers: [by] } = route;
  return (
    <div class="culprit blocked">
      <h2>Most blocked</h2>
      <p class="who">
        <RouteLink name={route.name} />, {spokenTime(blocked / count)} of {spokenTime(duration / count)}
        {by === undefined ? "" : (
          <>
            {" "}by <RouteLink name={by.name} />
          </>
        )}
      </p>
      <Links route={route} />
    </div>
  );
}

function Links({ route }: { readonly route: RouteRow }) {
  const requests = queryOf(route);
  return (
    <p class="links">
      {route.slowest === null ? "" : (
        <>
          <a href={addressText({ path: ["request", route.slowest] })}>its slowest request</a> ·{" "}
        </>
      )}
      {requests === undefined ? "" : (
        <>
          <a href={addressText({ path: ["requests"], options: { q: requests } })}>its requests</a> ·{" "}
        </>
      )}
      <a href={addressText({ path: ["route", route.name] })}>the route</a>
    </p>
  );
}

/** A route's name; what is none, as work outside of requests, has no page. */
export function RouteLink({ name }: { readonly name: string }): VNode {
  if (name === "(outside requests)") return <b>work outside of requests</b>;
  return <a href={addressText({ path: ["route", name] })}>{name}</a>;
}

/** What finds the requests of a route in the list; undefined if no query does. */
export function queryOf({ name, names }: Pick<RouteRow, "name" | "names">): string | undefined {
  const [, method, route] = /^([^\s/()]+) (\/.*)$/.exec(name) ?? [];
  if (method === undefined || names.length > 1) return undefined;
  return `method:${method} route:${/[\s"]/.test(route!) ? JSON.stringify(route) : route}`;
}

function mostOf(routes: readonly RouteRow[], value: (route: RouteRow) => number): RouteRow | undefined {
  let most: RouteRow | undefined;
  for (const route of routes) if (value(route) > (most === undefined ? 0 : value(most))) most = route;
  return most;
}

function isBlocked({ blocked, duration, count }: RouteRow): boolean {
  return blocked >= MUCH * duration && blocked / count >= LONG_MS;
}
