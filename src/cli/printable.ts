/** Foreign text for a terminal. */

/**
 * Control characters, those that turn the direction of writing or cannot be seen (but for joiners, which many scripts
 * need), line separators and broken surrogates.
 */
const UNSAFE = /[\p{Cc}\p{Zl}\p{Zp}\p{Surrogate}]|(?![\u200c\u200d])\p{Cf}/gu;

/** A text in which nothing commands the terminal: such characters become `\x1b`, `\u202e`. Pure. */
export function printable(text: string): string {
  return text.replace(UNSAFE, (it) => {
    const code = it.codePointAt(0)!;
    if (code > 0xffff) return `\\u{${code.toString(16)}}`;
    return code < 0x100
      ? `\\x${code.toString(16).padStart(2, "0")}`
      : `\\u${code.toString(16).padStart(4, "0")}`;
  });
}

/** A text cut to a length, with `…` where something is missing. Pure. */
export function shortened(text: string, length: number): string {
  const signs = Array.from(text.slice(0, 2 * length + 2));
  return signs.length <= length ? text : signs.slice(0, length - 1).join("") + "…";
}
