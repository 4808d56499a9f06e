/** A function and where it stands: to be copied, or opened in an editor. */
import type { VNode } from "preact";
import { useState } from "preact/hooks";
import { type Editor, editorAddress, editorNames } from "./editor.ts";
import { fullPlaceText, placeText } from "./format.ts";

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
  return (
    <label class="quiet">
      open files in{" "}
      <select value={editor} onChange={(event) => onEditor(event.currentTarget.value as Editor)}>
        {editorNames.map((it) => <option key={it} value={it}>{it}</option>)}
      </select>
    </label>
  );
}
