/** Request targets and addresses without the secrets in them. */
import { type IsSecret, unescaped } from "./secret_names.ts";

/** What stands for a secret. */
export const HIDDEN = "***";

/** How addresses are redacted. */
export interface UrlRules {
  readonly isSecret: IsSecret;
  /** Whether a parameter that has no name is hidden, too. */
  readonly hidesAll: boolean;
}

/** Without one of these there is neither a parameter nor a user in it: most requests cost no more than this look. */
const SUSPICIOUS = /[=@?#]|%(?:3d|40|3f|23)/i;

/** `scheme://user:password@`, and the target of CONNECT, which has no scheme. */
const USER = /^((?:[a-z][a-z0-9+.-]*:)?\/\/|(?![/*?#]))([^/?#@:]*)(:[^/?#]*)?@/i;

/**
 * A request target or address with `***` in place of secrets: the values of parameters in its query, its fragment and its path
 * (`;name=value`), and a password before the host, or what stands alone there. A value goes on to the next `&`, whatever
 * else a server may end it at.
 */
export function redactUrl(url: string, rules: UrlRules): string {
  if (!SUSPICIOUS.test(url)) return url;
  const local = url.includes("@") ? withoutPassword(url) : url;
  const from = local.search(/[?#]/);
  const [path, rest] = from < 0 ? [local, ""] : [local.slice(0, from), local.slice(from)];
  return redactPath(path, rules) + redactQuery(rest, rules);
}

function withoutPassword(url: string): string {
  return url.replace(USER, (_, before: string, user: string, password?: string) => {
    return `${before}${password === undefined ? HIDDEN : `${user}:${HIDDEN}`}@`;
  });
}

/** Parameters behind `;`, and segments that look like one. */
function redactPath(path: string, { isSecret }: UrlRules): string {
  if (!/=|%3d/i.test(path)) return path;
  return path.replace(/[^/;&]+/g, (piece) => {
    const mark = piece.indexOf("=");
    if (mark >= 0) return isSecret(piece.slice(0, mark)) ? `${piece.slice(0, mark)}=${HIDDEN}` : piece;
    return holdsSecret(unescaped(piece), isSecret) ? HIDDEN : piece;
  });
}

/** All from the first `?` or `#` on. */
function redactQuery(rest: string, { isSecret, hidesAll }: UrlRules): string {
  return rest.split("&").map((part) => {
    const mark = part.indexOf("=");
    if (mark >= 0) {
      const named = part.slice(0, mark + 1);
      return named + (isSecret(named) ? HIDDEN : redactValue(part.slice(mark + 1), isSecret));
    }
    const [sign = ""] = /^[?#]*/.exec(part) ?? [];
    const name = part.slice(sign.length);
    const hides = name !== "" && (hidesAll || redactValue(name, isSecret) !== name);
    return hides ? sign + HIDDEN : part;
  }).join("&");
}

/** A value may hold parameters itself: an address to go back to, a query of GraphQL, JSON. */
function redactValue(value: string, isSecret: IsSecret): string {
  if (!/[=%@:]/.test(value)) return value;
  const offset = secretAt(value, isSecret);
  if (offset !== undefined) return value.slice(0, offset) + HIDDEN;
  return holdsSecret(unescaped(value), isSecret) ? HIDDEN : value;
}

function holdsSecret(plain: string, isSecret: IsSecret): boolean {
  return secretAt(plain, isSecret) !== undefined || /\/\/[^/?#\s]+@/.test(plain);
}

/** Where the value of the first parameter begins that is secret. */
function secretAt(text: string, isSecret: IsSecret): number | undefined {
  // In JSON and in GraphQL names end with a colon.
  const names = /[{(]/.test(text) ? NAME_OR_KEY : NAME;
  for (const match of text.matchAll(names)) {
    if (isSecret(match[1]!)) return match.index + match[0].length;
  }
  return undefined;
}

// From where a name begins only, or the time would grow with the square of its length.
const NAME = /(?<![\p{L}\p{N}_.$[\]-])([\p{L}\p{N}_.$[\]-]+)=/gu;
const NAME_OR_KEY = /(?<![\p{L}\p{N}_.$[\]-])([\p{L}\p{N}_.$[\]-]+)(?:=|\\*["']?\s*:)/gu;
