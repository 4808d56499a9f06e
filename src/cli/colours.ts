/** Colours for a terminal. */

const CODES = { red: 31, green: 32, yellow: 33, cyan: 36, bold: 1, dim: 2 } as const;

/** What a text can look like. */
export type Look = keyof typeof CODES;

/** Gives a text a look, or leaves it as it is. */
export type Paint = (look: Look, text: string) => string;

export function plain(_look: Look, text: string): string {
  return text;
}

export function coloured(look: Look, text: string): string {
  return `\x1b[${CODES[look]}m${text}\x1b[0m`;
}

/**
 * How to paint on a stream: in colour on a terminal that has some, unless NO_COLOR is set; elsewhere only with FORCE_COLOR.
 * See https://no-color.org and https://force-color.org
 */
export function paintFor(terminal: boolean, env: Readonly<Record<string, string | undefined>>): Paint {
  if (env["NO_COLOR"]) return plain;
  const forced = env["FORCE_COLOR"];
  if (forced !== undefined && forced !== "") return forced === "0" || forced === "false" ? plain : coloured;
  return terminal && env["TERM"] !== "dumb" ? coloured : plain;
}
