/** Which names mean a secret: those whose words contain one of a list, in any case. */
import { decodePercent } from "./percent.ts";

/** Whether the value of something with this name must not be shown. */
export type IsSecret = (name: string) => boolean;

/** What is hidden where the user names nothing. */
export const SECRET_NAMES =
  "token access_token id_token refresh_token api_key apikey key secret password passwd pwd auth " +
  "authorization code signature sig session sid jwt";

/** Names may be escaped more than once, as in an address within an address. */
const MOST_ESCAPES = 3;

/** A text without its percent escapes, and with `+` as a space. */
export function unescaped(text: string): string {
  let plain = text.replaceAll("+", " ");
  for (let i = 0; i < MOST_ESCAPES && plain.includes("%"); i++) plain = decodePercent(plain);
  return plain;
}

/**
 * Makes the test for a list of names. A name is secret if its words contain those of one in the list, side by side: words
 * end at whatever is neither letter nor digit, between letters and digits, and where small letters turn to capitals. So `token` is in `auth-token`,
 * `authToken`, `user[token]` and `token2`, not in `tokenize`; `api_key` is in `apiKey` and in `X-APIKEY`.
 *
 * @throws if a name has no word in it; the message says what was expected
 */
export function secretNames(names: readonly string[]): IsSecret {
  const wanted = new Set<string>();
  for (const name of names) {
    const words = wordsOf(name, CAMEL);
    if (words.length === 0) {
      throw new Error(`expected names by comma, "all" or "none", but "${name}" is no name`);
    }
    wanted.add(` ${words.join(" ")} `).add(` ${words.join("")} `);
  }
  const look = (name: string) => {
    const plain = unescaped(name);
    const texts = [CAMEL, PLAIN].map((pattern) => ` ${wordsOf(plain, pattern).join(" ")} `);
    return [...wanted].some((it) => texts.some((text) => text.includes(it)));
  };
  const known = new Map<string, boolean>();
  return (name) => {
    let isSecret = known.get(name);
    if (isSecret === undefined) {
      isSecret = look(name);
      if (known.size < MOST_KNOWN && name.length <= LONGEST_KNOWN) known.set(name, isSecret);
    }
    return isSecret;
  };
}

/** A server's parameters are few, and asked for again and again. */
const [MOST_KNOWN, LONGEST_KNOWN] = [1000, 64];

const CAMEL = /\p{Lu}+(?!\p{Ll})|\p{Lu}?[^\p{Lu}\P{L}]+|\p{N}+/gu;
const PLAIN = /\p{L}+|\p{N}+/gu;

function wordsOf(name: string, pattern: RegExp): string[] {
  return (name.match(pattern) ?? []).map((word) => word.toLowerCase());
}
