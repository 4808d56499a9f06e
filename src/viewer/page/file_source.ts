/** The run as `profsrv view --html` has put it into the page. */
import {
  addressOf,
  type Embedded,
  type Endpoints,
  type ProfileQuery,
  type Run,
  type TableText,
} from "../api.ts";
import { answerRows } from "../table/answer_rows.ts";
import { answerTimeline } from "../table/answer_timeline.ts";
import type { Table } from "../table/table.ts";
import { readTable } from "../table/table_text.ts";
import { NotFound, type ProfileFile, type Question, type Source, type Speedscope } from "./source.ts";

export class FileSource implements Source {
  readonly isFile = true;
  readonly #embedded: Embedded;
  #table: Promise<Table> | undefined;

  constructor(embedded: Embedded) {
    this.#embedded = embedded;
  }

  watch(told: (run: Run) => void, failed: (why: Error) => void): () => void {
    this.#answer<Run>(addressOf("run", {})).then(told, failed);
    return () => {};
  }

  prepare(): void {} // What is in the file is there.

  async ask<Name extends Question>(
    name: Name,
    asks: Endpoints[Name]["asks"],
  ): Promise<Endpoints[Name]["answer"]> {
    type Answer = Endpoints[Name]["answer"];
    if (name === "rows") return answerRows(await this.#rows(), asks as Endpoints["rows"]["asks"]) as Answer;
    if (name === "timeline") {
      return answerTimeline(await this.#rows(), asks as Endpoints["timeline"]["asks"]) as Answer;
    }
    return this.#answer<Answer>(addressOf(name, asks));
  }

  async profile(asks: ProfileQuery): Promise<ProfileFile> {
    const content = await this.#content(addressOf("profile", asks));
    return { name: "profile.speedscope.json", content };
  }

  /** A page in a text is of the same origin as this one, which a second file would not be. */
  async speedscope(): Promise<Speedscope> {
    const { script, style } = this.#embedded.speedscope;
    const [scriptText, styleText] = await Promise.all([unpackedText(script), unpackedText(style)]);
    const inline = scriptText.replaceAll("</script", "<\\/script");
    return {
      srcdoc:
        `<!DOCTYPE html><meta charset="utf-8"><style>${styleText}</style><body><script>${inline}</script>`,
    };
  }

  #rows(): Promise<Table> {
    return this.#table ??= unpackedText(this.#embedded.table).then((it) =>
      readTable(JSON.parse(it) as TableText)
    );
  }

  async #answer<Answer>(address: string): Promise<Answer> {
    return JSON.parse(new TextDecoder().decode(await this.#content(address)));
  }

  #content(address: string): Promise<Uint8Array<ArrayBuffer>> {
    const { answers, slowest } = this.#embedded;
    if (!Object.hasOwn(answers, address)) {
      throw new NotFound(
        `This file does not hold that. Of the requests with profiles it has the ${slowest} slowest.`,
      );
    }
    return unpacked(answers[address]!);
  }
}

async function unpackedText(text: string): Promise<string> {
  return new TextDecoder().decode(await unpacked(text));
}

/** The content of a gzip that is written as base64. */
async function unpacked(text: string): Promise<Uint8Array<ArrayBuffer>> {
  const packed = Uint8Array.from(atob(text), (it) => it.charCodeAt(0));
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}
