/** The texts in the sources that a person may read, and how they are found in a document. */
import { readdir, readFile } from "node:fs/promises";
import { posix } from "node:path";
import ts from "typescript";

/** A text in the sources: words, with `…` where a value is put in. */
export interface PrintedText {
  readonly file: string;
  readonly text: string;
}

const root = new URL("../../", import.meta.url);

/** Every text in the TypeScript files of a directory; what is added up by `+` is one text. */
export async function printedTexts(directory: string): Promise<PrintedText[]> {
  const entries = await readdir(new URL(`${directory}/`, root), { recursive: true });
  const files = entries.map((it) => posix.join(directory, it.replaceAll("\\", "/"))).filter((it) =>
    it.endsWith(".ts")
  ).sort();
  const found: PrintedText[] = [];
  for (const file of files) {
    const source = ts.createSourceFile(
      file,
      await readFile(new URL(file, root), "utf8"),
      ts.ScriptTarget.Latest,
    );
    for (const text of textsIn(source)) found.push({ file, text });
  }
  return found;
}

function textsIn(node: ts.Node): string[] {
  if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node) || ts.isTypeNode(node)) return [];
  const parts = partsOf(node);
  // What a value is made of is a text of its own.
  const inner = (parts ?? [node]).flatMap((it) => {
    if (typeof it === "string") return [];
    const found: string[] = [];
    ts.forEachChild(it, (child) => void found.push(...textsIn(child)));
    return it === node ? found : textsIn(it);
  });
  if (parts === undefined) return inner;
  const text = parts.map((it) => typeof it === "string" ? it : "…").join("").replace(/…+/g, "…");
  return [text, ...inner];
}

/** The pieces of a text, and the expressions between them; undefined for what is no text. */
function partsOf(node: ts.Node): (string | ts.Node)[] | undefined {
  if (ts.isStringLiteral(node) || ts.isNoSubstitutionTemplateLiteral(node)) return [node.text];
  if (ts.isTemplateExpression(node)) {
    return [node.head.text, ...node.templateSpans.flatMap((it) => [it.expression, it.literal.text])];
  }
  if (ts.isParenthesizedExpression(node)) return partsOf(node.expression);
  if (!ts.isBinaryExpression(node) || node.operatorToken.kind !== ts.SyntaxKind.PlusToken) return undefined;
  const [left, right] = [partsOf(node.left), partsOf(node.right)];
  if (left === undefined && right === undefined) return undefined;
  return [...left ?? [node.left], ...right ?? [node.right]];
}

/** Whether a text has two words and more. */
export function hasWords({ text }: PrintedText): boolean {
  return /[A-Za-z]{2,} [a-z]/.test(text);
}

/** What stands between backticks in a Markdown text outside of code blocks. */
export function codeSpans(markdown: string): string[] {
  const prose = markdown.replace(/^```[^]*?^```/gm, "");
  return Array.from(prose.matchAll(/`([^`\n]+)`/g), ([, code]) => code!.replaceAll("\\|", "|"));
}

/** Whether a text of the sources is, or is a part of, what a document shows. */
export function shows(span: string, text: string): boolean {
  const pieces = text.trim().split("…").map((it) =>
    it.replace(/[.*+?^${}()|[\]\\]/g, "\\$&").replace(/\n+/g, "")
  );
  return new RegExp(pieces.join(".*?")).test(span);
}
