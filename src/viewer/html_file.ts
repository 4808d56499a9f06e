/** `--html`: the page and what it shows of a run in one file. */
import { gzipSync } from "node:zlib";
import { basename } from "node:path";
import { OwnFile } from "../files/own_file.ts";
import type { Bytes } from "../units.ts";
import { Answers, type ViewOptions } from "./answers.ts";
import { addressOf, type Embedded, type EndpointName, type Endpoints, type Run } from "./api.ts";
import { type PageFiles, pageText } from "./page_files.ts";
import { NoAnswer } from "./questions.ts";
import { selected } from "./table/selection.ts";
import { writeTable } from "./table/table_text.ts";

/** Requests in the file, the last ones. */
const MOST_ROWS = 100_000;
/** Routes whose merged profiles are in it, those with most cpu. */
const MOST_ROUTES = 50;
/** Requests and profiles are added until they are so large. */
const MOST_BYTES: Bytes = 32 * 1024 * 1024;

/** By this an earlier one is known, which may be replaced. */
const MARK = '<meta name="generator" content="profsrv view --html">';

export interface HtmlOptions extends ViewOptions {
  readonly pageFiles: PageFiles;
}

/** What was written. */
export interface WrittenHtml {
  readonly size: Bytes;
  /** What is not in it, as a part of a sentence; empty if that is nothing. */
  readonly left: string;
}

/**
 * Writes a run that was read to a file: the slowest `top` requests with their profiles.
 *
 * @throws `FileRefused` if a file stands there that is not of `profsrv view --html`; else what the system says
 */
export async function writeHtml(path: string, options: HtmlOptions, top: number): Promise<WrittenHtml> {
  const file = htmlFile(path);
  const embedding = new Embedding(new Answers(options));
  const embedded = await embedding.of(options, top);
  const text = htmlText(embedded, options.pageFiles);
  file.replace(text);
  const left = embedding.left === 0 ? "" : `; ${embedding.left} profiles are left out for its size`;
  return { size: Buffer.byteLength(text), left };
}

/** @throws as `writeHtml`, before anything is read or written */
export function checkHtml(path: string): void {
  htmlFile(path).check();
}

function htmlFile(path: string): OwnFile {
  return new OwnFile(path, { name: basename(path), head: 4096, isOurs: (head) => head.includes(MARK) });
}

class Embedding {
  readonly #answers: Answers;
  readonly #embedded: Record<string, string> = {};
  #size: Bytes = 0;
  /** Profiles that had no room. */
  left = 0;

  constructor(answers: Answers) {
    this.#answers = answers;
  }

  async of({ run, pageFiles }: HtmlOptions, top: number): Promise<Embedded> {
    const { table } = run;
    const routes = await this.#add("routes", {});
    await this.#add("functions", {});
    const names = (routes as Endpoints["routes"]["answer"]).routes.slice(0, MOST_ROUTES);
    for (const route of [undefined, ...names.map(({ name }) => name)]) {
      await this.#addProfile(route === undefined ? {} : { route });
    }
    const { rows } = selected(table, {}, "-duration");
    for (const row of rows.filter((row) => table.file.length(row) > 0).slice(0, top)) {
      const id = table.ids.get(row);
      if (this.#size > MOST_BYTES) {
        this.left++;
        continue;
      }
      const detail = await this.#add("request", { id }) as Endpoints["request"]["answer"] | undefined;
      await this.#addProfile({ id });
      // Who held it up can be looked at, too.
      for (const { row, held } of detail?.lanes ?? []) {
        if (held > 0 && row !== null) await this.#add("request", { id: row.id });
      }
    }
    const answer = this.#answers.runNow();
    const notes = [...answer.notes, ...notesOf(answer, top)];
    this.#put(addressOf("run", {}), { ...answer, formats: [], notes });
    return {
      v: 1,
      answers: this.#embedded,
      table: packed(JSON.stringify(writeTable(table, MOST_ROWS))),
      speedscope: {
        script: packed(pageText(pageFiles, "speedscope.js")),
        style: packed(pageText(pageFiles, "speedscope.css")),
      },
    };
  }

  /** The answer to a question; undefined if there is none. */
  async #add<Name extends EndpointName>(
    name: Name,
    asks: Endpoints[Name]["asks"],
  ): Promise<object | undefined> {
    const address = addressOf(name, asks);
    if (Object.hasOwn(this.#embedded, address)) return undefined;
    const answer = await this.#answerTo(address);
    if (answer === undefined || !("data" in answer)) return undefined;
    this.#size += this.#put(address, answer.data);
    return answer.data;
  }

  /** A profile as it is, and with the application's own code only. */
  async #addProfile(asks: { readonly id?: string; readonly route?: string }): Promise<void> {
    for (const own of [false, true]) {
      const address = addressOf("profile", { ...asks, own });
      const answer = await this.#answerTo(address);
      if (answer === undefined || !("file" in answer)) return;
      const text = packed(answer.file.content);
      if (this.#size + text.length > MOST_BYTES) {
        this.left++;
        return;
      }
      this.#size += text.length;
      this.#embedded[address] = text;
    }
  }

  async #answerTo(address: string) {
    const { pathname, searchParams } = new URL(address, "http://localhost");
    try {
      return await this.#answers.to(pathname.slice("/api/".length), searchParams);
    } catch (error) {
      if (error instanceof NoAnswer) return undefined;
      throw error;
    }
  }

  /** Gives how much it takes. */
  #put(address: string, data: object): Bytes {
    return (this.#embedded[address] = packed(JSON.stringify(data))).length;
  }
}

function notesOf({ requests, profiled }: Run, top: number): string[] {
  return [
    ...(requests > MOST_ROWS ? [`This file has the last ${MOST_ROWS} of ${requests} requests`] : []),
    ...(profiled > top ? [`This file has the profiles of the ${top} slowest of ${profiled} requests`] : []),
  ];
}

function packed(content: string | Uint8Array): string {
  return gzipSync(content).toString("base64");
}

/** No network, whatever stands in it. speedscope runs in a frame that inherits this. */
const POLICY = [
  "default-src 'none'",
  "script-src 'unsafe-inline' 'unsafe-eval'",
  "style-src 'unsafe-inline'",
  "img-src data: blob:",
  "connect-src data: blob:",
  "base-uri 'none'",
  "form-action 'none'",
].join("; ");

/** The page's own files put into it, in place of the references to them. Pure. */
export function htmlText(embedded: Embedded, files: PageFiles): string {
  const data = JSON.stringify(embedded).replaceAll("<", "\\u003c");
  const script = pageText(files, "page.js").replaceAll("</script", "<\\/script");
  const style = pageText(files, "page.css").replaceAll("</style", "<\\/style");
  const icon = `data:image/svg+xml;base64,${Buffer.from(pageText(files, "icon.svg")).toString("base64")}`;
  const parts: readonly (readonly [string, string])[] = [
    [`<meta charset="utf-8">`, `<meta charset="utf-8">\n${MARK}\n${policy()}`],
    [`<link rel="icon" href="icon.svg">`, `<link rel="icon" href="${icon}">`],
    [`<link rel="stylesheet" href="page.css">`, `<style>${style}</style>`],
    [
      `<script type="module" src="page.js"></script>`,
      `<script type="application/json" id="embedded">${data}</script>\n<script type="module">${script}</script>`,
    ],
  ];
  return parts.reduce((page, [from, to]) => {
    if (!page.includes(from)) throw new Error(`The page has no ${from}`);
    return page.replace(from, () => to);
  }, pageText(files, "page.html"));
}

function policy(): string {
  return `<meta http-equiv="Content-Security-Policy" content="${POLICY}">`;
}
