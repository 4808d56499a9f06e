/** The address of a link that opens a file. */
import assert from "node:assert/strict";
import { editorAddress } from "../../src/viewer/page/editor.ts";

const rows: readonly [editor: string, file: string, address: string | undefined][] = [
  ["VS Code", "/app/a b.ts", "vscode://file/app/a%20b.ts:7"],
  ["VS Code", "C:\\app\\a.ts", "vscode://file/C:/app/a.ts:7"],
  ["IntelliJ IDEA", "/app/a.ts", "idea://open?file=/app/a.ts&line=7"],
  ["mine://open?path={file}#{line}", "/app/a.ts", "mine://open?path=/app/a.ts#7"],
  ["subl://{file}", "/app/a.ts", "subl:///app/a.ts"],
  ["javascript:alert('{file}')", "/app/a.ts", undefined],
  ["JavaScript:alert('{file}')", "/app/a.ts", undefined],
  ["mine://open", "/app/a.ts", undefined],
  ["VS Code", "node:fs", undefined],
];

for (const [editor, file, address] of rows) {
  Deno.test(`${file} is opened in ${editor} by ${address ?? "no address"}`, () => {
    assert.equal(editorAddress(editor, { file, line: 7 }), address);
  });
}
