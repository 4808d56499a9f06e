/** The script for PowerShell, of Windows as well as 7. */
import { COMPLETED, flagsOf, flagsWithValue, RUN_OPTIONS } from "./completed_words.ts";
import type { OptionInfo } from "./options.ts";

/** Prints the script. Pure. */
export function powershellScript(): string {
  const places = COMPLETED.map(({ name, options, words }) =>
    `    ${quoted(name)} = @(${
      [...options.map(row), ...(typeof words === "object" ? words.map(word) : [])].join("")
    }\n    )\n`
  );
  return `# Completion of profsrv in PowerShell: profsrv completion powershell | Out-String | Invoke-Expression

Register-ArgumentCompleter -Native -CommandName profsrv -ScriptBlock {
  param($wordToComplete, $commandAst, $cursorPosition)

  $run = @(${RUN_OPTIONS.map(row).join("")}
  )
  $subcommands = @(${COMPLETED.map(({ name, about }) => rowOf(name, about)).join("")}
  )
  $places = @{
${places.join("")}  }
  $withValue = @(${flagsWithValue(RUN_OPTIONS).map(quoted).join(", ")})

  $words = @($commandAst.CommandElements |
    Where-Object { $_.Extent.EndOffset -lt $cursorPosition } |
    Select-Object -Skip 1 | ForEach-Object { $_.ToString() })
  if ($words.Count -gt 0 -and $places.ContainsKey($words[0])) {
    $offered = $places[$words[0]]
  } else {
    # Behind the first word that is no option everything belongs to the command.
    for ($index = 0; $index -lt $words.Count; $index++) {
      if ($words[$index] -eq '--' -or -not $words[$index].StartsWith('-')) { return }
      if ($withValue -contains $words[$index]) { $index++ }
    }
    if ($index -gt $words.Count) { return }
    $offered = if ($words.Count -eq 0) { $subcommands + $run } else { $run }
  }
  # An empty answer makes PowerShell complete names of files.
  $offered | Where-Object { $_[0].StartsWith($wordToComplete) } | ForEach-Object {
    [System.Management.Automation.CompletionResult]::new($_[0], $_[0], 'ParameterValue', $_[1])
  }
}
`;
}

function row(option: OptionInfo): string {
  return rowOf(flagsOf(option)[0]!, option.about);
}

function word(text: string): string {
  return rowOf(text, text);
}

function rowOf(text: string, about: string): string {
  return `\n    ,@(${quoted(text)}, ${quoted(about)})`;
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
