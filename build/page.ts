/** The page of `profsrv view` and speedscope, as texts that go into the program: compressed, for so they are also served. */
import * as esbuild from "esbuild";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { gzipSync } from "node:zlib";

/** What a browser loads, by name. */
export type PageTexts = Readonly<Record<string, string>>;

const speedscope = "node_modules/speedscope/dist/release";

/**
 * Bundles the page: `page.html`, `page.js`, `page.css`, and speedscope's page, script and style. `files` are those of
 * packages whose code is in it.
 */
export async function pageTexts(): Promise<{ texts: PageTexts; files: readonly string[] }> {
  const { outputFiles, metafile } = await esbuild.build({
    entryPoints: { page: "src/viewer/page/main.tsx" },
    outdir: "page",
    bundle: true,
    write: false,
    metafile: true,
    minify: true,
    format: "esm",
    // What has `light-dark()` in style sheets.
    target: ["chrome123", "firefox120", "safari17.5"],
    jsx: "automatic",
    jsxImportSource: "preact",
    charset: "utf8",
    legalComments: "none",
    logLevel: "warning",
  });
  const textOf = (extension: string): string => {
    const file = outputFiles.find(({ path }) => path.endsWith(extension));
    if (file === undefined) throw new Error(`Cannot bundle the page: esbuild gave no ${extension}`);
    return file.text;
  };
  const texts = {
    "page.html": await readFile("src/viewer/page/page.html", "utf8"),
    "page.js": textOf(".js"),
    "page.css": textOf(".css"),
    "icon.svg": await readFile("src/viewer/page/icon.svg", "utf8"),
    ...await speedscopeTexts(),
  };
  return { texts, files: [...Object.keys(metafile.inputs), speedscope] };
}

async function speedscopeTexts(): Promise<PageTexts> {
  const names = await readdir(speedscope);
  const textOf = (pattern: RegExp): Promise<string> => {
    const name = names.find((it) => pattern.test(it));
    if (name === undefined) throw new Error(`Cannot bundle the page: speedscope has no file ${pattern}`);
    return readFile(join(speedscope, name), "utf8");
  };
  return {
    "speedscope.html": await readFile("src/viewer/page/speedscope.html", "utf8"),
    "speedscope.js": await textOf(/^speedscope-\w+\.js$/),
    "speedscope.css": withoutFonts(await textOf(/^speedscope-\w+\.css$/)),
  };
}

/** The font weighs a third of everything, and the system has one. */
function withoutFonts(style: string): string {
  return style.replace(/@font-face\s*\{[^}]*\}/g, "");
}

/** Each text as base64 of its gzip. */
export function packed(texts: PageTexts): PageTexts {
  return Object.fromEntries(
    Object.entries(texts).map(([name, text]) => [name, gzipSync(text, { level: 9 }).toString("base64")]),
  );
}

/** What a browser loads in all, compressed, in bytes. */
export function weightOf(texts: PageTexts): number {
  return Object.values(texts).reduce((sum, text) => sum + gzipSync(text, { level: 9 }).length, 0);
}
