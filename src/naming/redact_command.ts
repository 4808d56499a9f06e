/** Command lines without the secrets in them, for what is written of a run. */
import { HIDDEN, redactUrl, type UrlRules } from "./redact_url.ts";
import type { IsSecret } from "./secret_names.ts";

/** How command lines are redacted. */
export interface CommandRules extends UrlRules {
  /** Whether the word behind an option of this name is its secret. */
  readonly isSecretOption: IsSecret;
}

/**
 * A command line with `***` in place of secrets: what stands behind `--token=`, `--token`, `TOKEN=` or `Authorization:`, and secrets
 * in addresses; also within a word, such as the script of `sh -c`.
 */
export function redactCommand(words: readonly string[], rules: CommandRules): string[] {
  return words.map((word, i) => {
    const before = i > 1 ? words[i - 1]! : "";
    if (/^--?[^=\s]{2,}$/.test(before) && rules.isSecretOption(before) && isValue(word)) return HIDDEN;
    // Only a shell's line may go on behind the value.
    const whole = /^-\w*c$/.test(before) ? undefined : isHeader(before) ? HEADER_WORD : PARAMETER_WORD;
    const [, name, sign] = whole?.exec(word) ?? [];
    if (name !== undefined && rules.isSecret(name)) return name + sign + HIDDEN;
    return redactText(word, rules);
  });
}

/** Whether a word can be what the option before it means. */
function isValue(word: string): boolean {
  return !/^--|^-.?$/.test(word);
}

function isHeader(option: string): boolean {
  return option === "-H" || option === "--header";
}

const PARAMETER_WORD = /^([^=\s:/?]+)(=)/;
const HEADER_WORD = /^([^:\s]+)(:\s*)/;

// All begin only where a name does: elsewhere the time would grow with the square of a text's length.
const ADDRESS = /(?<![a-z0-9+.-])[a-z][a-z0-9+.-]*:\/\/[^\s"'`<>\\]+/gi;
/** `name=`, and `name: "` of JSON and JavaScript. */
const NAMED = /(?<![\p{L}\p{N}_.$[\]-])([\p{L}\p{N}_.$[\]-]+)\\?["']?\s*(?:=(?![=>])|:(?=\s*\\?["'`]))\s*/gu;
const OPTION = /(?<![^\s"'`])(--?[^\s=;&|"'`]{2,})\s+(?!--)/gu;
const HEADER = /(?<![\p{L}\p{N}_.-])([\p{L}\p{N}_-]+):[ \t]+(?!["'`])/gu;
const BEARER = /(?<![\p{L}\p{N}_])(Bearer|Basic)\s+[^\s"'`*]+/giu;

/** In quotes, or up to what ends a word of a shell, a query or a connection string. */
const VALUE = /"(?:\\.|[^"\\])*"?|'(?:\\.|[^'\\])*'?|`[^`]*`?|[^\s;&|,()<>{}"'`]+/y;
/** A header's value goes on to the end of the line or quotation. */
const LINE = /[^"'`\n]+/y;

/** A text as it is written for a shell, or a program as for `node -e`. */
export function redactText(text: string, rules: CommandRules): string {
  const { isSecret, isSecretOption } = rules;
  const addressed = text.replace(ADDRESS, (url) => redactUrl(url, rules));
  const withoutHeaders = hideBehind(addressed, { names: HEADER, value: LINE, isSecret: isSecretOption });
  const withoutNamed = hideBehind(withoutHeaders, { names: NAMED, value: VALUE, isSecret });
  const withoutOptions = hideBehind(withoutNamed, { names: OPTION, value: VALUE, isSecret: isSecretOption });
  return withoutOptions.replace(BEARER, `$1 ${HIDDEN}`);
}

/** Hides the value behind each secret name. */
function hideBehind(
  text: string,
  { names, value, isSecret }: { readonly names: RegExp; readonly value: RegExp; readonly isSecret: IsSecret },
): string {
  let shown = "";
  let from = 0;
  names.lastIndex = 0;
  for (let match = names.exec(text); match !== null; match = names.exec(text)) {
    if (!isSecret(match[1]!)) continue;
    value.lastIndex = names.lastIndex;
    if (!value.test(text)) continue;
    shown += text.slice(from, names.lastIndex) + HIDDEN;
    from = names.lastIndex = value.lastIndex;
  }
  return shown + text.slice(from);
}
