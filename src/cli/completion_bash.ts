/** The script for bash. */
import {
  COMPLETED,
  type Completed,
  flagsOf,
  flagsWithValue,
  RUN_OPTIONS,
  valueOf,
} from "./completed_words.ts";
import type { OptionInfo } from "./options.ts";

/** Prints the script. Pure. */
export function bashScript(): string {
  const subcommands = COMPLETED.map(({ name, options, words }) =>
    functionOf(`_profsrv_${name}`, options, words === undefined ? ":" : reply(words))
  );
  return `# Completion of profsrv in bash, 3.2 and newer: eval "$(profsrv completion bash)"

# bash takes a word apart at "=": this is the option before it, or the word before.
_profsrv_before() {
  before=\${COMP_WORDS[COMP_CWORD - 1]} word=\${COMP_WORDS[COMP_CWORD]}
  [[ $word == = ]] && word=
  [[ \${COMP_WORDS[COMP_CWORD]} != = && $before == = ]] && before=\${COMP_WORDS[COMP_CWORD - 2]}
}

# Words of a list by comma: the last one is completed.
_profsrv_list() {
  local first=
  [[ $word == *,* ]] && first=\${word%,*},
  compopt -o nospace 2>/dev/null
  COMPREPLY=($(compgen -P "$first" -W "$1" -- "\${word##*,}"))
}

# The names of files and directories, or of commands: "compgen" prints one on each line.
_profsrv_names() {
  local line
  [[ $1 == -c ]] || compopt -o filenames 2>/dev/null
  while IFS= read -r line; do COMPREPLY+=("$line"); done < <(compgen "$1" -- "$word")
}

${functionOf("_profsrv_run", RUN_OPTIONS, '_profsrv_command "$COMP_CWORD"')}
# What is run begins at this word: it is completed as if it stood alone.
_profsrv_command() {
  if declare -F _command_offset >/dev/null; then
    _command_offset "$1"
  elif (($1 == COMP_CWORD)); then
    _profsrv_names -c
  fi
  ((COMP_CWORD > 1)) || COMPREPLY+=($(compgen -W "${COMPLETED.map(({ name }) => name).join(" ")}" -- "$word"))
}

${subcommands.join("\n")}
_profsrv() {
  local before word index
  _profsrv_before
  COMPREPLY=()
  if ((COMP_CWORD > 1)); then
    case \${COMP_WORDS[1]} in
      ${COMPLETED.map(({ name }) => name).join(" | ")})
        "_profsrv_\${COMP_WORDS[1]}"
        return
        ;;
    esac
  fi
  for ((index = 1; index < COMP_CWORD; index++)); do
    case \${COMP_WORDS[index]} in
      --)
        _profsrv_command $((index + 1))
        return
        ;;
      ${flagsWithValue(RUN_OPTIONS).join(" | ")})
        [[ \${COMP_WORDS[index + 1]} == = ]] && ((index++))
        ((index++))
        ;;
      -*) [[ \${COMP_WORDS[index + 1]} == = ]] && ((index += 2)) ;;
      *)
        _profsrv_command "$index"
        return
        ;;
    esac
  done
  _profsrv_run
}

complete -o bashdefault -o default -F _profsrv profsrv
`;
}

/** A function that completes a value of an option, an option, or else what is given. */
function functionOf(name: string, options: readonly OptionInfo[], otherwise: string): string {
  const values = options.filter((it) => it.value !== undefined).map((it) => {
    const value = valueOf(it);
    const action = it.choices !== undefined
      ? `_profsrv_list "${it.choices.join(" ")}"`
      : value === undefined
      ? ":"
      : reply(value);
    // What may be left out stands behind a "=" only.
    const [flag = ""] = flagsOf(it);
    return it.isValueOptional === true ? "" : `    ${flag}) ${action} ;;\n`;
  });
  return `${name}() {
  case $before in
${values.join("")}    *)
      if [[ $word == -* ]]; then
        COMPREPLY=($(compgen -W "${options.flatMap(flagsOf).join(" ")}" -- "$word"))
      else
        ${otherwise}
      fi
      ;;
  esac
}
`;
}

function reply(completed: Completed): string {
  if (completed === "directory") return "_profsrv_names -d";
  if (completed === "file") return "_profsrv_names -f";
  return `COMPREPLY=($(compgen -W "${completed.join(" ")}" -- "$word"))`;
}
