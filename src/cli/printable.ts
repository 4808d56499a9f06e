/** Foreign text for a terminal. */

/** Control characters, those that turn the direction of writing, line separators and broken surrogates. */
// deno-lint-ignore no-control-regex
const UNSAFE = /[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]|\p{Surrogate}/gu;

/** A text in which nothing commands the terminal: such characters become `\x1b`, `\u202e`. Pure. */
export function printable(text: string): string {
  return text.replace(UNSAFE, (it) => {
    const code = it.charCodeAt(0);
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
