/** This run against another: what got slower or faster, and for certain. */
import type { VNode } from "preact";
import type { Compared, ComparedFunction, OtherRun } from "../api.ts";
import { changeOptions } from "./address.ts";
import type { PageProps } from "./page_props.ts";
import { useAsked } from "./asked.ts";
import { RouteLink } from "./culprits.tsx";
import { changeColumns, routeColumnsFor } from "./change_columns.tsx";
import { useEditor } from "./editor.ts";
import { Flame, isOwnOnly, OwnSwitch } from "./flame.tsx";
import { counted, dateTime } from "./format.ts";
import { functionColumn } from "./function_table.tsx";
import { EditorChoice } from "./place.tsx";
import { SortedTable } from "./sorted_table.tsx";
import type { Source } from "./source.ts";

export function ComparePage({ source, run, address: { options } }: PageProps): VNode {
  const { answer: others, error } = useAsked(source, "runs", { asks: {} });
  const base = Number(options["base"] ?? NaN);
  if (others === undefined) return <div class="section">{error?.message ?? "Looking for other runs …"}</div>;
  if (others.runs.length === 0) return <p class="blank">There is no other run to compare with.</p>;
  return (
    <>
      <section class="section toolbar">
        <label>
          What changed since{" "}
          <select
            value={String(base)}
            onChange={(event) => changeOptions({ base: event.currentTarget.value, flame: "" }, true)}
          >
            <option value="NaN">choose a run</option>
            {groupsOf(others.runs, run.command).map(({ title, runs }) => (
              <optgroup key={title} label={title}>
                {runs.map((it) => <option key={it.number} value={String(it.number)}>{runText(it)}</option>)}
              </optgroup>
            ))}
          </select>
        </label>
      </section>
      {Number.isNaN(base)
        ? (
          <p class="blank">
            Choose the run from before. Routes and functions are compared as by profsrv diff.
          </p>
        )
        : <Comparison source={source} base={base} options={options} />}
    </>
  );
}

/** Those with requests; of the same command first: they are what a run is compared with. */
function groupsOf(
  all: readonly OtherRun[],
  command: readonly string[],
): { readonly title: string; readonly runs: readonly OtherRun[] }[] {
  const runs = all.filter((it) => it.requests > 0);
  const isSame = (it: OtherRun) => it.command.join("\0") === command.join("\0");
  return [
    { title: "runs of the same command", runs: runs.filter(isSame) },
    { title: "runs of other commands", runs: runs.filter((it) => !isSame(it)) },
  ].filter((it) => it.runs.length > 0);
}

function runText({ startedOn, requests, measured, command, directory }: OtherRun): string {
  return [
    dateTime(startedOn),
    counted(requests, "request"),
    ...(measured === "--profiler cpu" ? [] : [measured]),
    command.join(" ").slice(0, 60),
    directory,
  ].join(" · ");
}

function Comparison({ source, base, options }: {
  readonly source: Source;
  readonly base: number;
  readonly options: Readonly<Record<string, string>>;
}) {
  const { answer, error } = useAsked(source, "compare", { asks: { base } });
  const [editor, setEditor] = useEditor();
  if (answer === undefined) {
    return <p class={error ? "blank bad" : "blank"}>{error?.message ?? "Comparing the profiles …"}</p>;
  }
  const isBytes = answer.unit === "bytes";
  return (
    <>
      <section class="section">
        {answer.notes.map((it) => <p key={it}>{it}</p>)}
        <p>{verdictOf(answer)}</p>
      </section>
      <section class="section">
        <h2>Routes, medians of a request before and now, times in ms</h2>
        <SortedTable
          title="Routes compared"
          rows={answer.routes}
          columns={routeColumnsFor(answer.routes)}
          rowKey={(it) => it.route}
          sort={options["sort"] ?? ""}
        />
      </section>
      <section class="section">
        <div class="toolbar">
          <h2>Functions, {isBytes ? "bytes" : "ms"} of a request before and now</h2>
          <EditorChoice editor={editor} onEditor={setEditor} />
        </div>
        {answer.functions.length === 0
          ? (
            <p class="quiet">
              No functions of the same routes can be compared: too few profiles, or only one run's are of
              bytes.
            </p>
          )
          : (
            <SortedTable
              title="Functions compared"
              rows={answer.functions.slice(0, 100)}
              columns={[
                functionColumn(editor),
                {
                  key: "route",
                  title: "in",
                  value: (it) => it.route,
                  content: (it) => <RouteLink name={it.route} />,
                },
                ...changeColumns<ComparedFunction>("own", "own", (it) => it, answer.unit),
              ]}
              rowKey={(it) => `${it.function} ${it.file}:${it.line} ${it.route}`}
              sort={options["functions"] ?? ""}
              option="functions"
            />
          )}
      </section>
      <SideBySide source={source} compared={answer} options={options} />
    </>
  );
}

function SideBySide({ source, compared, options }: {
  readonly source: Source;
  readonly compared: Compared;
  readonly options: Readonly<Record<string, string>>;
}) {
  const { bothHave, base } = compared;
  const route = options["flame"] ?? compared.routes.find((it) => bothHave.includes(it.route))?.route ??
    bothHave[0];
  if (route === undefined) return null;
  const isOwn = isOwnOnly(options);
  return (
    <section class="section">
      <div class="toolbar">
        <h2>Merged flame graphs of</h2>
        <select
          aria-label="Route of the flame graphs"
          value={route}
          onChange={(event) => changeOptions({ flame: event.currentTarget.value }, true)}
        >
          {bothHave.map((it) => <option key={it} value={it}>{it}</option>)}
        </select>
        <OwnSwitch isOn={isOwn} />
      </div>
      <div class="side-by-side">
        <div>
          <h3 class="quiet">before, {dateTime(base.startedOn)}</h3>
          <Flame source={source} asks={{ route, own: isOwn, base: base.number }} title={`${route} before`} />
        </div>
        <div>
          <h3 class="quiet">this run</h3>
          <Flame source={source} asks={{ route, own: isOwn }} title={`${route} now`} />
        </div>
      </div>
    </section>
  );
}

function verdictOf({ routes, common }: Compared): string {
  const slower = routes.filter((it) => it.verdict === "slower").length;
  const faster = routes.filter((it) => it.verdict === "faster").length;
  const all = common === 0
    ? ""
    : ` Everything changed alike by ${
      (common * 100).toFixed(0)
    } %, as on a machine of another pace; that is left out.`;
  if (slower + faster === 0) return `No route changed for certain.${all}`;
  return `${counted(slower, "route")} got slower, ${counted(faster, "route")} got faster, for certain.${all}`;
}
