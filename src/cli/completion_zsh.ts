/** The script for zsh. */
import { COMPLETED, type Completed, RUN_OPTIONS, valueOf } from "./completed_words.ts";
import type { OptionInfo } from "./options.ts";

/** Prints the script. Pure. */
export function zshScript(): string {
  return `#compdef profsrv
# Completion of profsrv in zsh: source <(profsrv completion zsh), or as a file _profsrv in a directory of $fpath

_profsrv_first() {
  local -a subcommands=(
${COMPLETED.map(({ name, about }) => `    ${quoted(`${name}:${about}`)}\n`).join("")}  )
  (( CURRENT == 2 )) && _describe -t subcommands subcommand subcommands
  _command_names -e
}

_profsrv() {
  # What a subcommand completes is counted from its own word on.
  if (( CURRENT > 2 )); then
    case $words[2] in
${
    COMPLETED.map(({ name, options, words }) =>
      `      ${name})
        shift words
        (( CURRENT-- ))
        _arguments -s -S${options.map(specification).join("")}${
        words === undefined ? "" : ` \\\n          ${quoted(`*:${wordName(words)}:${actionOf(words)}`)}`
      }
        return
        ;;
`
    ).join("")
  }    esac
  fi
  _arguments -s -S${RUN_OPTIONS.map(specification).join("")} \\
          '(-)1:command:_profsrv_first' '*::arguments:_normal'
}

# Called for a completion when it is a file of $fpath, else read once.
if [[ $funcstack[1] == _profsrv ]]; then
  _profsrv "$@"
else
  compdef _profsrv profsrv
fi
`;
}

/** An option in the language of _arguments. */
function specification(option: OptionInfo): string {
  const { name, short, value, isValueOptional, choices, about } = option;
  const text = about.replace(/[\\[\]:]/g, "\\$&");
  const isRepeatable = about.endsWith("repeatable");
  const completed = valueOf(option);
  const action = choices === undefined
    ? completed === undefined ? " " : actionOf(completed)
    : `_values -s , ${name} ${choices.join(" ")}`;
  const argument = value === undefined
    ? ""
    : isValueOptional === true
    ? `:: :`
    : `:${value.replace(/[[\]:]/g, "\\$&")}:${action}`;
  const flag = value === undefined ? "" : isValueOptional === true ? "=-" : "=";
  const long = ` \\\n          ${quoted(`${isRepeatable ? "*" : ""}--${name}${flag}[${text}]${argument}`)}`;
  return short === undefined ? long : `${long} \\\n          ${quoted(`-${short}[${text}]`)}`;
}

function actionOf(completed: Completed): string {
  if (completed === "directory") return "_files -/";
  if (completed === "file") return "_files";
  return `(${completed.join(" ")})`;
}

function wordName(completed: Completed): string {
  return typeof completed === "string" ? completed : "word";
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
