/** The script for fish. */
import { COMPLETED, type Completed, flagsWithValue, RUN_OPTIONS, valueOf } from "./completed_words.ts";
import type { OptionInfo } from "./options.ts";

/** Prints the script. Pure. */
export function fishScript(): string {
  const names = COMPLETED.map(({ name }) => name).join(" ");
  return `# Completion of profsrv in fish: profsrv completion fish | source

# Where the cursor is: among the options of a run, behind a subcommand, or in the command that is run.
function __profsrv_place
    set -l words (commandline -opc)
    if set -q words[2]; and contains -- $words[2] ${names}
        echo $words[2]
        return
    end
    test (__profsrv_start) = 0; and echo options; or echo command
end

# The number of the word at which the command begins; 0 before it.
function __profsrv_start
    set -l words (commandline -opc)
    set -l index 2
    while test $index -le (count $words)
        switch $words[$index]
            case --
                math $index + 1
                return
            case ${flagsWithValue(RUN_OPTIONS).join(" ")}
                set index (math $index + 2)
            case '-*'
                set index (math $index + 1)
            case '*'
                echo $index
                return
        end
    end
    echo 0
end

# The command is completed as if it stood alone.
function __profsrv_command
    set -l words (commandline -opc) 
    set -l start (__profsrv_start)
    set -l before
    test $start -gt 0 -a $start -le (count $words); and set before (string escape -- $words[$start..-1])
    set -l line (string join -- ' ' $before (commandline -ct | string collect -a))
    string match -q -- '-*' "$line"; or complete -C "$line"
end

function __profsrv_list
    set -l first (string match -r '.*,' -- (commandline -ct))
    string replace -r '^' -- "$first" $argv
end

complete -c profsrv -f
complete -c profsrv -n 'test (__profsrv_place) = command' -a '(__profsrv_command)'
complete -c profsrv -n 'test (__profsrv_place) = options' -a '(__profsrv_command)'
${RUN_OPTIONS.map((it) => optionLine("options", it)).join("")}${
    COMPLETED.map(({ name, about, options, words }) =>
      `complete -c profsrv -n 'test (count (commandline -opc)) = 1' -a ${name} -d ${quoted(about)}\n` +
      options.map((it) => optionLine(name, it)).join("") +
      (words === undefined
        ? ""
        : `complete -c profsrv -n 'test (__profsrv_place) = ${name}' ${argumentOf(words)}\n`)
    ).join("")
  }`.replace(/ +$/gm, "");
}

function optionLine(place: string, option: OptionInfo): string {
  const { name, short, value, isValueOptional, choices, about } = option;
  const completed = choices === undefined ? valueOf(option) : undefined;
  const argument = value === undefined || isValueOptional === true
    ? ""
    : choices !== undefined
    ? ` -x -a '(__profsrv_list ${choices.join(" ")})'`
    : completed === undefined
    ? " -x"
    : ` -r ${argumentOf(completed)}`;
  return `complete -c profsrv -n 'test (__profsrv_place) = ${place}' -l ${name}${
    short === undefined ? "" : ` -s ${short}`
  }${argument} -d ${quoted(about)}\n`;
}

function argumentOf(completed: Completed): string {
  if (completed === "directory") return "-a '(__fish_complete_directories (commandline -ct))'";
  if (completed === "file") return "-F";
  return `-a '${completed.join(" ")}'`;
}

function quoted(text: string): string {
  return `'${text.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`;
}
