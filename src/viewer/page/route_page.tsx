/** One route: its sums, who holds it up and whom it does, and the merged profile of its requests. */
import type { VNode } from "preact";
import type { HeldBy } from "../../analysis/culprits.ts";
import type { RouteRow } from "../api.ts";
import { wellFormed } from "../api.ts";
import { addressText } from "./address.ts";
import type { PageProps } from "./page_props.ts";
import { useAsked } from "./asked.ts";
import { queryOf, RouteLink } from "./culprits.tsx";
import { Downloads } from "./downloads.tsx";
import { useEditor } from "./editor.ts";
import { Flame, isOwnOnly, OwnSwitch } from "./flame.tsx";
import { bytes, columnTime, counted, percent, spokenTime } from "./format.ts";
import { functionColumn } from "./function_table.tsx";
import { EditorChoice } from "./place.tsx";
import { useSeldom } from "./seldom.ts";
import { SortedTable } from "./sorted_table.tsx";
import { SplitBar } from "./split_bar.tsx";

export function RoutePage(
  { source, run, address: { options }, name }: PageProps & { readonly name: string },
): VNode {
  const { answer, error } = useAsked(source, "routes", {
    asks: {},
    version: useSeldom(run.version),
    keeps: true,
  });
  const [editor, setEditor] = useEditor();
  if (answer === undefined) return <div class="section">{error?.message ?? "Loading the route …"}</div>;
  const route = answer.routes.find((it) => [it.name, ...it.names].some((own) => wellFormed(own) === name));
  if (route === undefined) return <p class="blank">There is no route “{name}” in this run.</p>;
  const isOwn = isOwnOnly(options);
  const asks = { route: route.name, own: isOwn };
  return (
    <>
      <section class="section">
        <div class="title">
          <h1 title={route.name}>{route.name}</h1>
          <Links route={route} />
        </div>
        <Sums route={route} />
      </section>
      <section class="section side-by-side">
        <div>
          <div class="toolbar">
            <h2>
              {run.isHeap ? "What allocated most in its requests" : "Hottest functions of its requests"}
            </h2>
            <EditorChoice editor={editor} onEditor={setEditor} />
          </div>
          {route.functions.length === 0 ? <p class="quiet">No sample saw a function.</p> : (
            <SortedTable
              title="Hottest functions"
              rows={route.functions}
              columns={[
                functionColumn(editor),
                {
                  key: "self",
                  title: run.isHeap ? "self" : "self ms",
                  value: (it) => it.self,
                  content: (it) => run.isHeap ? bytes(it.self) : columnTime(it.self),
                },
              ]}
              rowKey={(it) => `${it.function} ${it.file}:${it.line}`}
              sort={options["sort"] ?? ""}
            />
          )}
        </div>
        <Held title="Blocked by" held={route.blockers} sort={options["by"] ?? ""} option="by" />
        <Held title="Held up" held={route.heldUp} sort={options["held"] ?? ""} option="held" />
      </section>
      <section class="section">
        <div class="toolbar">
          <h2>Flame graph of all its requests, merged</h2>
          <OwnSwitch isOn={isOwn} />
          <Downloads source={source} formats={run.formats} asks={{ route: route.name }} />
        </div>
        <Flame source={source} asks={asks} title={`Merged flame graph of ${route.name}`} />
      </section>
    </>
  );
}

function Links({ route }: { readonly route: RouteRow }) {
  const q = queryOf(route);
  const requests = counted(route.count, "request");
  return (
    <span class="quiet">
      {q === undefined
        ? requests
        : <a href={addressText({ path: ["requests"], options: { q } })}>{requests}</a>}
      {route.slowest === null ? "" : (
        <>
          {" · "}
          <a href={addressText({ path: ["request", route.slowest] })}>its slowest request</a>
        </>
      )}
    </span>
  );
}

function Sums({ route }: { readonly route: RouteRow }) {
  const { count, duration, cpu, blocked, wait, p50, p95, p99, max, failed, cpuShare } = route;
  const mean = { duration: duration / count, cpu: cpu / count, blocked: blocked / count, wait: wait / count };
  return (
    <>
      <SplitBar {...mean} longest={mean.duration} isLarge />
      <p class="parts">
        <b>{spokenTime(mean.duration)} on average</b>
        <span class="key cpu">cpu {spokenTime(mean.cpu)}</span>
        <span class="key blocked">blocked {spokenTime(mean.blocked)}</span>
        <span class="key wait">wait {spokenTime(mean.wait)}</span>
      </p>
      <p class="parts">
        <span>p50 {spokenTime(p50)}</span>
        <span>p95 {spokenTime(p95)}</span>
        <span>p99 {spokenTime(p99)}</span>
        <span>max {spokenTime(max)}</span>
        <span class={failed > 0 ? "bad" : "quiet"}>
          {failed > 0 ? `${percent(failed)} errors` : "no errors"}
        </span>
        {route.alloc === null ? "" : <span>{bytes(route.alloc)} allocated by a request</span>}
        <span>own cpu {spokenTime(cpu)}, {percent(cpuShare)} of all</span>
      </p>
    </>
  );
}

function Held({ title, held, sort, option }: {
  readonly title: string;
  readonly held: readonly HeldBy[];
  readonly sort: string;
  readonly option: string;
}) {
  if (held.length === 0) return null;
  return (
    <div>
      <h2>{title}</h2>
      <SortedTable
        title={title}
        rows={held}
        columns={[
          {
            key: "name",
            title: "route",
            isWide: true,
            value: (it) => it.name,
            content: (it) => <RouteLink name={it.name} />,
          },
          { key: "count", title: "requests", value: (it) => it.count },
          { key: "ms", title: "ms in all", value: (it) => it.ms, content: (it) => columnTime(it.ms) },
        ]}
        rowKey={(it) => it.name}
        sort={sort}
        option={option}
      />
    </div>
  );
}
