/** The answers that an `--html` file holds. */
import { gzipSync } from "node:zlib";
import type { Bytes } from "../units.ts";
import { Answers, type ViewOptions } from "./answers.ts";
import { addressOf, type Embedded, type EndpointName, type Endpoints } from "./api.ts";
import { type PageFiles, pageText } from "./page_files.ts";
import { NoAnswer } from "./questions.ts";
import { selected } from "./table/selection.ts";
import { writeTable } from "./table/table_text.ts";

/** Requests in the file, the last ones. */
const MOST_ROWS = 100_000;
/** Routes whose merged profiles are in it, those with most cpu. */
const MOST_ROUTES = 50;

export interface HtmlOptions extends ViewOptions {
  readonly pageFiles: PageFiles;
}

/** Answers by their addresses, as the file holds them. */
type Packed = Record<string, string>;

/** So many of those that were to be in the file are. */
interface Share {
  held: number;
  wanted: number;
}

export class Embedding {
  readonly #options: HtmlOptions;
  readonly #most: Bytes;
  readonly #answers: Answers;
  readonly #embedded: Packed = {};
  readonly #slowest: Share = { held: 0, wanted: 0 };
  readonly #merged: Share = { held: 0, wanted: 0 };
  #size: Bytes = 0;

  /** @param most requests and profiles are added until they are so large */
  constructor(options: HtmlOptions, most: Bytes) {
    this.#options = options;
    this.#most = most;
    this.#answers = new Answers(options);
  }

  /** What had no room, for a sentence; empty if that is nothing. */
  get left(): string {
    const { held, wanted } = this.#slowest;
    const merged = this.#merged.wanted - this.#merged.held;
    return [
      ...(held < wanted ? [`${wanted - held} of the ${wanted} slowest requests`] : []),
      ...(merged > 0 ? [`${merged} of ${this.#merged.wanted} merged profiles`] : []),
    ].join(", ");
  }

  /** The slowest `top` requests that have profiles with these; each of them is there as a whole or not at all. */
  async of(top: number): Promise<Embedded> {
    const { run: { table }, pageFiles } = this.#options;
    const routes = await this.#data("routes", {});
    this.#put({ ...routes.packed, ...(await this.#data("functions", {})).packed });
    const names = routes.answer?.routes.slice(0, MOST_ROUTES) ?? [];
    // Half of the room is for the requests.
    for (const route of [undefined, ...names.map(({ name }) => name)]) {
      const packed = await this.#profiles(route === undefined ? {} : { route });
      if (Object.keys(packed).length > 0) {
        this.#count(this.#merged, this.#putIfItFits(packed, this.#most / 2));
      }
    }
    const { rows } = selected(table, {}, "-duration");
    const profiled = rows.filter((row) => table.file.length(row) > 0);
    // After the first one that has no room none is added, so that those in the file are the slowest.
    let isFull = false;
    for (const row of profiled.slice(0, top)) {
      isFull ||= !this.#putIfItFits(await this.#request(table.ids.get(row)), this.#most);
      this.#count(this.#slowest, !isFull);
    }
    const answer = this.#answers.runNow();
    const notes = [...answer.notes, ...this.#notes(answer.requests, profiled.length)];
    this.#put({ [addressOf("run", {})]: packedData({ ...answer, formats: [], notes }) });
    return {
      v: 1,
      answers: this.#embedded,
      slowest: this.#slowest.held,
      table: packedData(writeTable(table, MOST_ROWS)),
      speedscope: {
        script: packed(pageText(pageFiles, "speedscope.js")),
        style: packed(pageText(pageFiles, "speedscope.css")),
      },
    };
  }

  #notes(requests: number, profiled: number): string[] {
    const { held } = this.#slowest;
    return [
      ...(requests > MOST_ROWS ? [`This file has the last ${MOST_ROWS} of ${requests} requests`] : []),
      ...(held < profiled
        ? [`This file has the profiles of the ${held} slowest of ${profiled} requests`]
        : []),
      ...(this.left === "" ? [] : [`Left out of this file for its size: ${this.left}`]),
    ];
  }

  /** All that the page of a request shows. */
  async #request(id: string): Promise<Packed> {
    const { answer, packed } = await this.#data("request", { id });
    const all = { ...packed, ...await this.#profiles({ id }) };
    // Who held it up can be looked at, too.
    for (const { row, held } of answer?.lanes ?? []) {
      if (held > 0 && row !== null) Object.assign(all, (await this.#data("request", { id: row.id })).packed);
    }
    return all;
  }

  /** A profile as it is, and with the application's own code only; nothing if there is none. */
  async #profiles(asks: { readonly id?: string; readonly route?: string }): Promise<Packed> {
    const all: Packed = {};
    for (const own of [false, true]) {
      const address = addressOf("profile", { ...asks, own });
      const answer = await this.#answerTo(address);
      if (answer !== undefined && "file" in answer) all[address] = packed(answer.file.content);
    }
    return all;
  }

  /** An answer, if there is one. */
  async #data<Name extends EndpointName>(name: Name, asks: Endpoints[Name]["asks"]) {
    const address = addressOf(name, asks);
    const found = await this.#answerTo(address);
    if (found === undefined || !("data" in found)) return { answer: undefined, packed: {} };
    const answer = found.data as Endpoints[Name]["answer"];
    return { answer, packed: { [address]: packedData(found.data) } };
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

  /** Adds all of these or, if they have no room, none. */
  #putIfItFits(packed: Packed, most: Bytes): boolean {
    if (this.#size + sizeOf(this.#newOf(packed)) > most) return false;
    this.#put(packed);
    return true;
  }

  #put(packed: Packed): void {
    this.#size += sizeOf(this.#newOf(packed));
    Object.assign(this.#embedded, packed);
  }

  #newOf(packed: Packed): string[] {
    return Object.keys(packed).filter((it) => !Object.hasOwn(this.#embedded, it)).map((it) => packed[it]!);
  }

  #count(share: Share, isHeld: boolean): void {
    share.wanted++;
    if (isHeld) share.held++;
  }
}

function sizeOf(texts: readonly string[]): Bytes {
  return texts.reduce((sum, it) => sum + it.length, 0);
}

function packedData(data: object): string {
  return packed(JSON.stringify(data));
}

function packed(content: string | Uint8Array): string {
  return gzipSync(content).toString("base64");
}
