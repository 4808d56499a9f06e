/** One request: where its time went, who held it up, and its profile. */
import type { VNode } from "preact";
import { type RequestDetail, type Run } from "../api.ts";
import { addressText, goTo } from "./address.ts";
import type { PageProps } from "./page_props.ts";
import { useAsked } from "./asked.ts";
import { RouteLink } from "./culprits.tsx";
import { Downloads } from "./downloads.tsx";
import { useEditor } from "./editor.ts";
import { Flame, isOwnOnly, OwnSwitch } from "./flame.tsx";
import { bytes, clockTime, dateTime, spokenTime } from "./format.ts";
import { FunctionTable } from "./function_table.tsx";
import { useKeys } from "./keys.ts";
import { Lanes } from "./lanes.tsx";
import { EditorChoice } from "./place.tsx";
import { parts, SplitBar } from "./split_bar.tsx";

export function RequestPage(
  { source, run, address: { options }, id }: PageProps & { readonly id: string },
): VNode {
  const { answer, error } = useAsked(source, "request", { asks: { id } });
  const [editor, setEditor] = useEditor();
  useKeys({ Escape: () => history.length > 1 ? history.back() : goTo(["requests"]) });
  if (answer === undefined) {
    return (
      <div class="section">
        {error === undefined ? "Loading the request …" : <p class="bad">{error.message}</p>}
      </div>
    );
  }
  const { entry, lanes, functions, profile } = answer;
  const isOwn = isOwnOnly(options);
  const shown = isOwn ? functions.own : functions.all;
  return (
    <>
      <section class="section">
        <div class="title">
          <h1 title={entry.url}>{entry.method} {entry.url}</h1>
          <Answered detail={answer} />
        </div>
        <Split detail={answer} />
      </section>
      <section class="section">
        <h2>{lanes.length > 1 ? "When it ran, and who held it up" : "When it ran"}</h2>
        <Lanes lanes={lanes} />
      </section>
      {profile !== "kept" ? <NoProfile state={profile} /> : (
        <>
          <section class="section">
            <div class="toolbar">
              <h2>Functions</h2>
              <OwnSwitch isOn={isOwn} />
              <EditorChoice editor={editor} onEditor={setEditor} />
            </div>
            <FunctionTable
              isHeap={run.isHeap}
              functions={shown.slice(0, 12)}
              editor={editor}
              sort={options["sort"] ?? ""}
            />
          </section>
          <section class="section">
            <div class="toolbar">
              <h2>Flame graph</h2>
              <OwnSwitch isOn={isOwn} />
              <Downloads source={source} formats={run.formats} asks={{ id }} />
            </div>
            <Flame
              source={source}
              asks={{ id, own: isOwn }}
              title={`Flame graph of ${entry.method} ${entry.url}`}
            />
          </section>
        </>
      )}
      <section class="section">
        <h2>Known of it</h2>
        <Facts detail={answer} run={run} />
      </section>
    </>
  );
}

function Answered({ detail: { entry: { status, outcome } } }: { readonly detail: RequestDetail }) {
  const isBad = status >= 500 || outcome !== "finished";
  return (
    <span class={isBad ? "bad" : status >= 400 ? "warn" : "good"}>
      {status === 0 ? "no answer" : status}
      {outcome === "finished" ? "" : `, ${outcome}`}
    </span>
  );
}

function Split({ detail: { entry } }: { readonly detail: RequestDetail }) {
  return (
    <>
      <SplitBar {...entry} longest={entry.duration} isLarge />
      <p class="parts">
        <b>{spokenTime(entry.duration)}</b>
        {parts.map((it) => <span key={it} class={`key ${it}`}>{it} {spokenTime(entry[it])}</span>)}
        {entry.calls === undefined ? "" : <span class="quiet">slowed by counting calls</span>}
        {entry.alloc === undefined ? "" : <span class="quiet">slowed by sampling the heap</span>}
        {entry.beside ? <span class="quiet">not alone: another request had its turn beside it</span> : ""}
        {entry.gc < 0.05
          ? ""
          : <span class="quiet">of its cpu {spokenTime(entry.gc)} garbage collection</span>}
        {entry.alloc ? <span>{bytes(entry.alloc.bytes)} allocated</span> : ""}
        {entry.queued === undefined || entry.queued < 0.05
          ? ""
          : <span class="quiet">queued before, at most {spokenTime(entry.queued)}</span>}
      </p>
    </>
  );
}

const NO_PROFILE = {
  gone:
    "Its profile is gone: it made room for others by --max-files or --max-size, or was removed by hand. Its times are known, its functions are not.",
  awaited:
    "Its profile is not there: it waits until the server has less to do, or it made room for others by --max-files or --max-size.",
  none:
    "It has no profile: an option of the run left it out, or --max-files or --max-size left no room for it. Its times are known, its functions are not.",
};

function NoProfile({ state }: { readonly state: keyof typeof NO_PROFILE }) {
  return <p class="notice">{NO_PROFILE[state]}</p>;
}

function Facts({ detail: { entry, routeName }, run }: { readonly detail: RequestDetail; readonly run: Run }) {
  const startedOn = Date.parse(entry.start);
  const isKept = run.state !== "live" || entry.files.length > 0;
  return (
    <dl class="facts">
      <Fact name="route">
        <RouteLink name={routeName} />
      </Fact>
      <Fact name="started">{dateTime(startedOn).slice(0, 10)} {clockTime(startedOn)}</Fact>
      <Fact name="outcome">{entry.outcome}</Fact>
      <Fact name="answer">{entry.status === 0 ? "none" : entry.status}, {bytes(entry.bytes)}</Fact>
      <Fact name="http">{entry.http}</Fact>
      <Fact name="process">{entry.pid}{entry.tid === 0 ? "" : `, thread ${entry.tid}`}</Fact>
      <Fact name="runtime">{entry.runtime}</Fact>
      <Fact name="samples">{entry.samples}</Fact>
      <Fact name="trace id">
        <code>{entry.trace ?? "none"}</code>
      </Fact>
      <Fact name="id">
        <a href={addressText({ path: ["request", entry.id] })}>
          <code>{entry.id}</code>
        </a>
      </Fact>
      {isKept
        ? entry.files.map((it) => (
          <Fact key={it} name="file">
            <code>{it}</code>
          </Fact>
        ))
        : ""}
    </dl>
  );
}

function Fact({ name, children }: { readonly name: string; readonly children: preact.ComponentChildren }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}
