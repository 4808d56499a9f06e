/** Where a link opens a source file: in an editor that is known by name, or by an address that a person gives. */
import { useState } from "preact/hooks";
import { wellFormed } from "../api.ts";

/** What opens a file: `{file}` and `{line}` are filled in. */
const editors = {
  "VS Code": "vscode://file/{file}:{line}",
  "VS Code Insiders": "vscode-insiders://file/{file}:{line}",
  Cursor: "cursor://file/{file}:{line}",
  Zed: "zed://file/{file}:{line}",
  "IntelliJ IDEA": "idea://open?file={file}&line={line}",
} as const;

/** A name of these, or an address with `{file}` and `{line}`. */
export type Editor = string;

export const editorNames: readonly Editor[] = Object.keys(editors);

/** What is shown of an address of one's own before it is written. */
export const TEMPLATE = "editor://open?file={file}&line={line}";

/** Whether it is an address that can open a file. One that runs a script is none. */
export function isTemplate(text: string): boolean {
  return /^(?!javascript:|data:|vbscript:)[a-z][a-z0-9+.-]*:.*\{file\}/i.test(text);
}

const key = "profsrv-editor";

/** The editor that was chosen the last time, and how to choose another. */
export function useEditor(): [Editor, (editor: Editor) => void] {
  const [editor, setEditor] = useState(() => {
    try {
      const name = localStorage.getItem(key) ?? "";
      return Object.hasOwn(editors, name) || isTemplate(name) ? name : "VS Code";
    } catch {
      return "VS Code";
    }
  });
  const choose = (name: Editor): void => {
    setEditor(name);
    try {
      localStorage.setItem(key, name);
    } catch {
      // The choice then lasts as long as the page.
    }
  };
  return [editor, choose];
}

/** The address that opens a file; undefined if it is no file on this machine. */
export function editorAddress(
  editor: Editor,
  { file, line }: { file: string; line: number },
): string | undefined {
  if (!/^(?:\/|[a-z]:[\\/])/i.test(file)) return undefined;
  const path = encodeURIComponent(wellFormed(file).replaceAll("\\", "/")).replaceAll("%2F", "/").replaceAll(
    "%3A",
    ":",
  );
  const isKnown = Object.hasOwn(editors, editor);
  if (!isKnown && !isTemplate(editor)) return undefined;
  const template = isKnown ? editors[editor as keyof typeof editors] : editor;
  // After `file/` the path's own slash is one too many; after `subl://` it is not.
  return template.replace(/(?<=[^/]\/)\{file\}/, path.replace(/^\//, "")).replace("{file}", path)
    .replace("{line}", String(Math.max(line, 1)));
}
