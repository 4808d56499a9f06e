/** Where a link opens a source file. */
import { useState } from "preact/hooks";

/** What opens a file: `{file}` and `{line}` are filled in. */
const editors = {
  "VS Code": "vscode://file/{file}:{line}",
  "VS Code Insiders": "vscode-insiders://file/{file}:{line}",
  Cursor: "cursor://file/{file}:{line}",
  Zed: "zed://file/{file}:{line}",
  "IntelliJ IDEA": "idea://open?file={file}&line={line}",
} as const;

export type Editor = keyof typeof editors;

export const editorNames = Object.keys(editors) as Editor[];

const key = "profsrv-editor";

/** The editor that was chosen the last time, and how to choose another. */
export function useEditor(): [Editor, (editor: Editor) => void] {
  const [editor, setEditor] = useState(() => {
    try {
      const name = localStorage.getItem(key) ?? "";
      return Object.hasOwn(editors, name) ? name as Editor : "VS Code";
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
  const path = encodeURIComponent(file.replaceAll("\\", "/")).replaceAll("%2F", "/").replaceAll("%3A", ":");
  return editors[editor].replace("{file}", path.replace(/^\//, editor === "IntelliJ IDEA" ? "/" : ""))
    .replace("{line}", String(Math.max(line, 1)));
}
