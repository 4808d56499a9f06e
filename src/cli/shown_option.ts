import type { Redaction } from "../naming/mod.ts";
import type { GivenOption } from "./split.ts";

/** An option as a word, without secrets. Pure. */
export function shownOption({ option: { name }, value }: GivenOption, redaction: Redaction): string {
  if (value === undefined || value === "") return `--${name}`;
  if (name === "trigger") return `--${name}=${value.replace(/=.*$/s, "")}`;
  return `--${name}=${name === "on-listen" ? redaction.text(value) : value}`;
}
