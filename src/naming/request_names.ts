/** What requests are called: found out once for all that ask for the same, for a server is asked for the same again and again. */
import { Memo } from "./memo.ts";
import type { Redaction } from "./redaction.ts";
import { routeOf } from "./route.ts";

/** What may be told of a request. */
export interface RequestName {
  /** Its target without secrets, */
  readonly url: string;
  /** and the route of that, with the pattern that the framework has told. */
  readonly route: string;
}

/** Names of requests, without the secrets that a redaction takes out of them. */
export class RequestNames {
  readonly #redaction: Redaction;
  /** By target, with the pattern that was told last. */
  readonly #known = new Memo<RequestName & { readonly pattern: string | undefined }>();

  constructor(redaction: Redaction) {
    this.#redaction = redaction;
  }

  /** Of the request for the target `raw`, with the pattern that the framework has told of it. */
  of(raw: string, pattern: string | undefined): RequestName {
    const known = this.#known.get(raw);
    if (known !== undefined && known.pattern === pattern) return known;
    const url = this.#redaction.url(raw);
    const name = { url, route: routeOf({ url, pattern }), pattern };
    this.#known.set(raw, name);
    return name;
  }
}
