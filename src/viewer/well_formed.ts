/** Texts as addresses hold them. */

/** Half of a character, which no address can hold, becomes the sign for what is none. Pure. */
export function wellFormed(text: string): string {
  return text.replace(/\p{Surrogate}/gu, "\ufffd");
}
