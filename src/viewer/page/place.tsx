/** A function and where it stands: to be copied, or opened in an editor. */
import type { VNode } from "preact";
import { useState } from "preact/hooks";
import { type Editor, editorAddress, editorNames, isTemplate, TEMPLATE } from "./editor.ts";
import { placeText } from "../../analysis/place_text.ts";
import { fullPlaceText } from "./format.ts";

interface Located {
  readonly function: string;
  readonly file: string;
  readonly line: number;
}

export function FunctionPlace({ of, editor }: { readonly of: Located; readonly editor: Editor }): VNode {
  const place = placeText(of);
  const full = fullPlaceText(of);
  const address = editorAddress(editor, of);
  return (
    <span title={`${of.function} ${full}`.trim()}>
      {of.function === "" && place !== "" ? "" : <code>{of.function || "(anonymous)"}</code>}{" "}
      {address === undefined
        ? <span class="quiet">{place}</span>
        : <a href={address} title={`Open ${full} in ${editor}`}>{place}</a>}{" "}
      {of.file === "" ? "" : <CopyButton text={full} />}
    </span>
  );
}

export function CopyButton({ text }: { readonly text: string }): VNode {
  const [state, setState] = useState("copy");
  const copy = (): void => {
    navigator.clipboard.writeText(text).then(() => setState("copied"), () => setState("not allowed"));
  };
  return (
    <button
      type="button"
      class="copy"
      aria-label={`Copy ${text}`}
      onClick={copy}
      onBlur={() => setState("copy")}
    >
      {state}
    </button>
  );
}

export function EditorChoice({ editor, onEditor }: {
  readonly editor: Editor;
  readonly onEditor: (editor: Editor) => void;
}): VNode {
  const isNamed = editorNames.includes(editor);
  return (
    <>
      <label class="quiet">
        open files in{" "}
        <select
          value={isNamed ? editor : TEMPLATE}
          onChange={(event) => onEditor(event.currentTarget.value)}
        >
          {editorNames.map((it) => <option key={it} value={it}>{it}</option>)}
          <option value={TEMPLATE}>another …</option>
        </select>
      </label>
      {isNamed ? "" : (
        <input
          aria-label="The editor's address"
          title="The address that opens a file: {file} and {line} are filled in"
          size={34}
          value={editor}
          aria-invalid={!isTemplate(editor)}
          onInput={(event) => onEditor(event.currentTarget.value)}
        />
      )}
    </>
  );
}
