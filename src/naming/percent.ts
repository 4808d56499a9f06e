// https://www.rfc-editor.org/rfc/rfc3986#section-2.1
/** Percent escapes as characters, as far as they are UTF-8; what is not stays as it is. */
export function decodePercent(text: string): string {
  return text.replace(/(?:%[0-9a-f]{2})+/gi, (escapes) => {
    try {
      return decodeURIComponent(escapes);
    } catch {
      return escapes.replace(/%[0-7][0-9a-f]/gi, (escape) => decodeURIComponent(escape));
    }
  });
}
