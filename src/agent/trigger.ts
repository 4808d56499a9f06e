/** Whether a request carries the run's trigger: a header, query parameter or cookie, with a secret if there is one. */
import type { createHash, timingSafeEqual } from "node:crypto";
import type { TriggerConfig } from "../protocol/messages.ts";

/** What a request carries, as far as a trigger looks. */
export interface Carried {
  readonly url: string;
  /** Header names and values in turn. */
  readonly rawHeaders: readonly string[];
}

/** What a trigger found: whether it was carried, and the URL without any secret. */
export interface Triggered {
  readonly triggered: boolean;
  readonly url: string;
}

/** A secret in a recorded URL is replaced by this. */
const HIDDEN = "***";

/** Makes the test for a trigger. The secret itself is not known here, only its SHA-256. */
export function makeTrigger({ name, digest }: TriggerConfig): (request: Carried) => Triggered {
  const lowerName = name.toLowerCase();
  const isSecret = digest === undefined ? () => true : secretTest(digest);

  return function look({ url, rawHeaders }) {
    let triggered = false;
    for (let i = 0; i < rawHeaders.length; i += 2) {
      const header = rawHeaders[i]!.toLowerCase();
      const value = rawHeaders[i + 1]!;
      if (header === lowerName) triggered ||= isSecret(value);
      if (header === "cookie") triggered ||= cookieValues(value, name).some(isSecret);
    }
    const mark = url.indexOf("?");
    if (mark < 0) return { triggered, url };
    const parameters = url.slice(mark + 1).split("&").map((parameter) => {
      const [key = "", ...rest] = parameter.split("=");
      if (decoded(key) !== name) return parameter;
      triggered ||= isSecret(decoded(rest.join("=")));
      return digest === undefined ? parameter : `${key}=${HIDDEN}`;
    });
    return { triggered, url: `${url.slice(0, mark)}?${parameters.join("&")}` };
  };
}

function secretTest(digest: string): (value: string) => boolean {
  // Loaded only where a run has a secret: it is not cheap.
  const crypto = require("node:crypto") as {
    createHash: typeof createHash;
    timingSafeEqual: typeof timingSafeEqual;
  };
  const expected = Buffer.from(digest, "hex");
  return (value) => crypto.timingSafeEqual(crypto.createHash("sha256").update(value).digest(), expected);
}

function cookieValues(header: string, name: string): string[] {
  return header.split(";").flatMap((pair) => {
    const end = pair.indexOf("=");
    return end > 0 && pair.slice(0, end).trim() === name ? [decoded(pair.slice(end + 1).trim())] : [];
  });
}

/** https://url.spec.whatwg.org/#urlencoded-parsing; what is not UTF-8 stays as it is. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll("+", " "));
  } catch {
    return text;
  }
}
