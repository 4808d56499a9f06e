/** What of requests and command lines is written as `***`. */
import { redactCommand, redactText } from "./redact_command.ts";
import { redactUrl } from "./redact_url.ts";
import { SECRET_NAMES, secretNames } from "./secret_names.ts";

/** Takes secrets out of what is written; as pure functions. */
export interface Redaction {
  /** A request target. */
  url(url: string): string;
  /** A command, word by word. */
  command(words: readonly string[]): string[];
  /** A line for a shell. */
  text(text: string): string;
}

/**
 * By the names whose values are secret, with commas between them; `all` for the value of every parameter, `none` for nothing.
 *
 * @throws if the text names nothing; the message says what was expected
 */
export function parseRedaction(names: string): Redaction {
  if (names === "none") return { url: (url) => url, command: (words) => [...words], text: (text) => text };
  const hidesAll = names === "all";
  // Of options whose value is the word behind them "all" hides the usual: others have no value.
  const isSecretOption = secretNames(hidesAll ? SECRET_NAMES.split(" ") : names.split(","));
  const rules = { isSecretOption, isSecret: hidesAll ? () => true : isSecretOption, hidesAll };
  return {
    url: (url) => redactUrl(url, rules),
    command: (words) => redactCommand(words, rules),
    text: (text) => redactText(text, rules),
  };
}

/** What is hidden where the user says nothing. */
export const STANDARD_REDACTION: Redaction = parseRedaction(SECRET_NAMES.replaceAll(" ", ","));
