/** The functions in which the run spent its time, and the merged profile of all of it. */
import type { VNode } from "preact";
import type { PageProps } from "./page_props.ts";
import { useAsked } from "./asked.ts";
import { Downloads } from "./downloads.tsx";
import { useEditor } from "./editor.ts";
import { Flame, isOwnOnly, OwnSwitch } from "./flame.tsx";
import { bytes, counted, spokenTime } from "./format.ts";
import { FunctionTable } from "./function_table.tsx";
import { EditorChoice } from "./place.tsx";
import { useSeldom } from "./seldom.ts";
import { mostRows } from "./sorted_table.tsx";

const MOST_SHOWN = 50;

export function FunctionsPage({ source, run, address: { options } }: PageProps): VNode {
  const { answer, error } = useAsked(source, "functions", {
    asks: {},
    version: useSeldom(run.version),
    keeps: true,
  });
  const [editor, setEditor] = useEditor();
  const isOwn = isOwnOnly(options);
  if (answer === undefined) return <div class="section">{error?.message ?? "Adding up the profiles …"}</div>;
  return (
    <>
      <section class="section">
        <div class="toolbar">
          <OwnSwitch isOn={isOwn} />
          <EditorChoice editor={editor} onEditor={setEditor} />
          <span class="quiet">
            {run.isHeap ? bytes(answer.time) : spokenTime(answer.time)} in the profiles of{" "}
            {counted(answer.requests, "request")}
          </span>
        </div>
      </section>
      <section class="section">
        <FunctionTable
          isHeap={run.isHeap}
          functions={isOwn ? answer.own : answer.all}
          most={mostRows(options, MOST_SHOWN)}
          editor={editor}
          sort={options["sort"] ?? "-self"}
        />
      </section>
      <section class="section">
        <div class="toolbar">
          <h2>Flame graph of the whole run, merged</h2>
          <Downloads source={source} formats={run.formats} asks={{}} />
        </div>
        <Flame source={source} asks={{ own: isOwn }} title="Merged flame graph of the run" />
      </section>
    </>
  );
}
