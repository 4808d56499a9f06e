/** The run as the server of `profsrv view` tells it. */
import {
  addressOf,
  type EndpointName,
  type Endpoints,
  type Failure,
  type ProfileQuery,
  type Run,
  RUN_VERSION,
} from "../api.ts";
import {
  NotFound,
  type ProfileFile,
  type Question,
  type Source,
  type Speedscope,
  Unauthorised,
} from "./source.ts";

/** After the connection was lost, it is tried again so often. */
const RETRY_MS = 2000;

export class ServerSource implements Source {
  readonly isFile = false;
  readonly #secret: string;
  /** Answers to questions that were asked before anybody needed them, by address. */
  readonly #prepared = new Map<string, Promise<Response>>();
  /** The newest version of the run that the page was told. */
  #version = 0;

  constructor(secret: string) {
    this.#secret = secret;
  }

  prepare<Name extends EndpointName>(name: Name, asks: Endpoints[Name]["asks"]): void {
    const answer = this.#get(name, asks, undefined);
    answer.catch(() => {}); // Whoever takes the answer later gets the error.
    this.#prepared.set(addressOf(name, asks), answer);
  }

  watch(told: (run: Run) => void, failed: (why: Error) => void): () => void {
    const ended = new AbortController();
    const follow = async (): Promise<void> => {
      try {
        const answer = await (this.#takePrepared("run", {}) ?? this.#get("run", {}, ended.signal));
        for await (const data of eventsOf(answer.body!)) {
          if (ended.signal.aborted) return;
          const run: Run = JSON.parse(data);
          this.#version = run.version;
          told(run);
        }
        throw new Error("profsrv view has ended. What is shown is what it had told.");
      } catch (error) {
        if (ended.signal.aborted) return;
        failed(error as Error);
        if (!(error instanceof Unauthorised)) setTimeout(follow, RETRY_MS);
      }
    };
    void follow();
    return () => ended.abort();
  }

  async ask<Name extends Question>(
    name: Name,
    asks: Endpoints[Name]["asks"],
    signal?: AbortSignal,
  ): Promise<Endpoints[Name]["answer"]> {
    const prepared = await this.#takePrepared(name, asks);
    const isNew = Number(prepared?.headers.get(RUN_VERSION) ?? -1) >= this.#version;
    return (prepared !== undefined && isNew ? prepared : await this.#get(name, asks, signal)).json();
  }

  #takePrepared<Name extends EndpointName>(name: Name, asks: Endpoints[Name]["asks"]) {
    const address = addressOf(name, asks);
    const answer = this.#prepared.get(address);
    this.#prepared.delete(address);
    return answer;
  }

  async profile(asks: ProfileQuery, signal?: AbortSignal): Promise<ProfileFile> {
    const answer = await this.#get("profile", asks, signal);
    const name = fileNameOf(answer.headers.get("content-disposition") ?? "") ?? "profile";
    return { name, content: new Uint8Array(await answer.arrayBuffer()) };
  }

  speedscope(): Promise<Speedscope> {
    return Promise.resolve({ src: "/speedscope.html" });
  }

  async #get<Name extends EndpointName>(
    name: Name,
    asks: Endpoints[Name]["asks"],
    signal: AbortSignal | undefined,
  ): Promise<Response> {
    const headers = { authorization: `Bearer ${this.#secret}` };
    const answer = await fetch(addressOf(name, asks), {
      headers,
      ...(signal === undefined ? {} : { signal }),
    })
      .catch((error) => {
        throw signal?.aborted ? error : new Error("profsrv view does not answer. It may have ended.");
      });
    if (answer.ok) return answer;
    const { error } = await answer.json().catch(() => ({
      error: `The server answered ${answer.status}`,
    })) as Failure;
    if (answer.status === 401) throw new Unauthorised(error);
    throw answer.status === 404 ? new NotFound(error) : new Error(error);
  }
}

/** The data of each server-sent event; comments are left out. */
async function* eventsOf(body: ReadableStream<Uint8Array<ArrayBuffer>>): AsyncGenerator<string> {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    const events = (rest + value).split("\n\n");
    rest = events.pop()!;
    for (const event of events) {
      const data = event.split("\n").filter((line) => line.startsWith("data:")).map((line) =>
        line.slice(5).trim()
      );
      if (data.length > 0) yield data.join("\n");
    }
  }
}

function fileNameOf(disposition: string): string | undefined {
  const [, encoded] = /filename\*=UTF-8''([^;]+)/i.exec(disposition) ?? [];
  if (encoded !== undefined) return decodeURIComponent(encoded);
  return /filename="((?:[^"\\]|\\.)*)"/i.exec(disposition)?.[1]?.replace(/\\(.)/g, "$1");
}
