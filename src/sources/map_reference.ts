/** How a script says where its source map is. Pure. https://tc39.es/ecma426/#sec-linking-generated-code */

const MARK = "sourceMappingURL=";
/** Texts that only talk about such comments (bundled tools do) are passed over, this many. */
const MAX_TRIES = 20;

/** No comment has begun on the line before it; a url is none. */
const BEHIND_CODE = /^(?:[^/]|:\/\/|\/(?![/*]))*\/\/[#@]\s*$/;

/** The last `//# sourceMappingURL=` comment's url, as it is written; undefined if there is none. */
export function mapReference(text: string): string | undefined {
  let at = text.lastIndexOf(MARK);
  for (let tries = 0; at >= 0 && tries < MAX_TRIES; tries++) {
    const lineStart = Math.max(text.lastIndexOf("\n", at), text.lastIndexOf("\r", at)) + 1;
    if (/^\s*(?:\/\/|\/\*)[#@]\s*$/.test(text.slice(lineStart, at))) {
      const url = /^[^\s'"`]*/.exec(text.slice(at + MARK.length))![0];
      if (url !== "") return url;
    } else if (tries === 0) {
      // Behind code V8 takes it, too. Elsewhere than at the end of the text it may be a part of a string.
      const url = /^([^\s'"`]+)\s*$/.exec(text.slice(at + MARK.length))?.[1];
      if (url !== undefined && BEHIND_CODE.test(text.slice(lineStart, at))) return url;
    }
    at = at === 0 ? -1 : text.lastIndexOf(MARK, at - 1);
  }
  return undefined;
}

/** The content of a `data:` url; undefined if it is none. */
export function dataOf(url: string): string | undefined {
  if (!url.startsWith("data:")) return undefined;
  const comma = url.indexOf(",");
  const content = url.slice(comma + 1);
  return /;base64$/i.test(url.slice(0, comma))
    ? Buffer.from(content, "base64").toString("utf8")
    : decodeURIComponent(content);
}

/** A map's JSON, behind a byte order mark, or the line that some servers put before it so that no browser runs it as a script. */
export function parseMap(text: string): unknown {
  const marked = text.replace(/^\ufeff/, "");
  return JSON.parse(marked.startsWith(")]}") ? marked.slice(marked.indexOf("\n") + 1) : marked);
}
