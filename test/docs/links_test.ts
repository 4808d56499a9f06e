/** Documents lead to each other: no link is dead, and the README leads to each of them. */
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { posix } from "node:path";
import { type Document, documents } from "./documents.ts";

const all = await documents();
const root = new URL("../../", import.meta.url);

Deno.test("no link between the documents is dead, nor any anchor", () => {
  assert.deepEqual(all.flatMap((it) => deadLinks(it, all, (path) => existsSync(new URL(path, root)))), []);
});

Deno.test("the README leads to every page of docs", () => {
  const readme = all.find(({ path }) => path === "README.md")!;
  const linked = new Set(linksOf(readme.text).map((it) => it.replace(/#.*/, "")));
  const pages = all.map(({ path }) => path).filter((it) => it.startsWith("docs/"));
  assert.deepEqual(pages.filter((it) => !linked.has(it)), []);
});

Deno.test("a dead link and a dead anchor are found", () => {
  const a = {
    path: "docs/a.md",
    text: "# A\n[x](b.md#here-it-is) [y](b.md#there) [z](c.md)\n```\n[no](link.md)\n```",
  };
  const b = { path: "docs/b.md", text: "## `Here`, it is\n[up](../README.md)\n" };
  const exists = (path: string) => path === "README.md" || path === "docs/b.md";
  assert.deepEqual([a, b].flatMap((it) => deadLinks(it, [a, b], exists)), [
    "docs/a.md: b.md#there",
    "docs/a.md: c.md",
  ]);
});

function deadLinks(
  { path, text }: Document,
  documents: readonly Document[],
  exists: (path: string) => boolean,
): string[] {
  return linksOf(text).filter((link) => {
    const [file = "", anchor] = link.split("#");
    const target = file === "" ? path : posix.join(posix.dirname(path), file);
    if (!exists(target) && file !== "") return true;
    const page = documents.find((it) => it.path === target);
    return anchor !== undefined && (page === undefined || !anchorsOf(page.text).has(anchor));
  }).map((link) => `${path}: ${link}`);
}

/** Where its links lead that stay in the project. */
function linksOf(text: string): string[] {
  const found = withoutCode(text).matchAll(/\]\(([^)\s]+)\)/g);
  return Array.from(found, ([, link]) => link!).filter((it) => !/^[a-z]+:/.test(it));
}

/** As GitHub makes them of headings: https://github.com/gjtorikian/html-pipeline, its table-of-contents filter. */
function anchorsOf(text: string): Set<string> {
  const headings = text.replace(/^```[^]*?^```/gm, "").matchAll(/^#+ (.*)$/gm);
  return new Set(
    Array.from(
      headings,
      ([, title]) =>
        title!.trim().toLowerCase().replace(/\[([^\]]*)\]\([^)]*\)/g, "$1").replace(/[^\p{L}\p{N}\s_-]/gu, "")
          .replaceAll(" ", "-"),
    ),
  );
}

/** Its prose: code shows links that are none. */
function withoutCode(text: string): string {
  return text.replace(/^```[^]*?^```/gm, "").replace(/`[^`\n]*`/g, "").replace(/^ {4}.*$/gm, "");
}
