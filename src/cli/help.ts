/** The texts of `--help`. */
import { readable } from "../formats/mod.ts";
import { type OptionInfo, OPTIONS, type OptionTable, RUN } from "./options.ts";
import { COMPLETION, CONVERT, DIFF, REPORT, RUNS, VIEW } from "./subcommand_options.ts";

const ABOVE = `profsrv runs a server and saves one CPU profile per request.

Usage: profsrv [options] [--] <command> [args...]
       profsrv view [directory]                           look at a run in the browser; see profsrv view --help
       profsrv report [directory]                         a run's summary; see profsrv report --help
       profsrv diff <before> <after>                      what got slower or faster; see profsrv diff --help
       profsrv convert <file|directory> --format LIST     see profsrv convert --help
       profsrv runs [--remove AGE]                        your runs in the temp directory; see profsrv runs --help
       profsrv completion <shell>                         a script for Tab in bash, zsh, fish or powershell
       profsrv help [view|report|diff|convert|runs]       this text, or that of another command; profsrv version

The first word that is not an option, or --, ends the options; what follows is the command, untouched.
`;

const BELOW = `
In a template stand {path} (the URL's path, "/" as "."), {duration} (milliseconds) and {time} (seconds since 1970).

Examples:
  profsrv node server.js
  profsrv --prof-path profiles npm start
  profsrv --prof-path profiles --prof-file "{duration:06d}ms.{path}.{time}" node server.js   slowest last
  profsrv --interval 250 --quiet npx tsx server.ts                                           finer, silent
  profsrv --on-listen "npm test" node server.js                                               stops it after that
  profsrv --serial --prof-path profiles node server.js                                        one at a time
  profsrv --profiler heap --prof-path profiles node server.js                                 who allocates
  profsrv --calls --kcachegrind --prof-path profiles node server.js                           who is called how often
  profsrv -- node --enable-source-maps dist/server.js --port 8080

Look at a run with profsrv view, or open a profile in Chrome DevTools (Performance > Load profile) or in VS Code.
index.ndjson beside the profiles lists all requests, run.json the totals.

Environment:
  PROFSRV_OPTIONS     options that stand before those given, as in "--interval 250 --prof-path 'my profiles'"
  TMPDIR, TEMP, TMP   where the system's temporary directory is
  NO_COLOR            no colours; FORCE_COLOR=1 colours without a terminal
  PROFSRV_DEBUG       print stack traces of profsrv's own failures, and which source maps cannot be used

Exit code: the command's own, or killed by the same signal; with --on-listen that of CMD or the command, whichever
failed first. 2: profsrv was called in a wrong way; 127: the command
was not found; 126: it cannot be run.
`;

/** The help as printed. Pure. */
export function helpText(): string {
  return `${ABOVE}\nOptions:\n${optionLines(OPTIONS)}${BELOW}`;
}

/** The help of `profsrv convert`. Pure. */
export function convertHelpText(): string {
  return `profsrv convert writes profiles in other formats.

Usage: profsrv convert <file|directory> --format LIST [--out DIR] [--merge] [--quiet]

Reads ${readable.map(({ extension }) => extension).join(" ")}; a .cpuprofile may also be one of
node --cpu-prof, deno run --cpu-prof or Chrome. In a directory all profiles are converted, those in directories below it
too; where one lies there in several formats, the first of these is read. No file is ever overwritten.

Options:
${optionLines(CONVERT.options)}
.pb.gz and .folded do not hold the order in time: their stacks are laid out one after another. .callgrind holds no
stacks and cannot be read.

With --merge the directory is that of a run. Its routes.pb.gz holds what all requests of each route ran; each route
becomes one file, named as merged.GET.users._id.cpuprofile.

Examples:
  profsrv convert users.42.000032ms.1795394588.cpuprofile --format callgrind
  profsrv convert profiles --format speedscope,pprof --out other
  profsrv convert profiles --merge --format cpuprofile
  profsrv convert CPU.20261123.014626.18066.0.001.cpuprofile --format folded

A command of yours that is called convert is run by profsrv -- convert.

Exit code: 1: some profiles of a directory could not be converted, or written; 2: the file could not be.
`;
}

/** The help of `profsrv view`. Pure. */
export function viewHelpText(): string {
  return `profsrv view shows a run in the browser: its requests, who held up whom, routes, functions, flame graphs.

Usage: profsrv view [directory] [--port N] [--no-open]
       profsrv view [directory] --html FILE [--top N]

The directory is the one that the run's profiles went to. Without one the newest run of yours is taken, of those in the
system's temporary directory, in the current directory and in the directories directly in it. A run that goes on is
shown as it grows; profsrv --ui does the same from its beginning.

The address that is printed holds a secret, without which the server tells nothing; it listens on this machine only, and
ends with Ctrl-C or with the terminal. No browser is opened over ssh, in CI, or where there is no display.

Options:
${optionLines(VIEW.options)}
Examples:
  profsrv view
  profsrv view profiles
  profsrv view profiles --no-open --port 4000      on another machine: ssh -L 4000:127.0.0.1:4000 and open the address
  profsrv view profiles --html run.html            one file for a colleague, or to keep with a CI run

A command of yours that is called view is run by profsrv -- view.

Exit code: 2: there is no such run, or the port or the file cannot be had; ended by a signal: that signal.
`;
}

/** The help of `profsrv report`. Pure. */
export function reportHelpText(): string {
  return `profsrv report prints what a run came to: its requests by route, where their time went, the slowest requests, the hot
functions, and who held up others.

Usage: profsrv report [directory] [--json|--md] [--route ROUTE|--request ID] [--top N] [--all]

The directory is the one that the run's profiles went to. Without one the newest run of yours is taken, of those in the
system's temporary directory, in the current directory and in the directories directly in it.

If profsrv was killed in the middle of the run, what it had not written yet is written first, with the options of that
run, as far as the server had told it: up to its last second. A server that is still running then goes on, but is not
profiled any more.

Options:
${optionLines(REPORT.options)}
Examples:
  profsrv report profiles
  profsrv report
  profsrv report profiles | less
  profsrv report profiles --route "POST /login"
  profsrv report --md --top 20

A command of yours that is called report is run by profsrv -- report.

Exit code: 2: there is no such run, route or request.
`;
}

/** The help of `profsrv diff`. Pure. */
export function diffHelpText(): string {
  return `profsrv diff compares two runs: which routes and which functions got slower or faster.

Usage: profsrv diff <dirBefore> <dirAfter> [--json | --md] [--fail-over PERCENT]

The directories are those that the runs' profiles went to. A change counts if it is 5 % or more, and chance would show
it in one of 100 comparisons at most. Of each route diff compares own cpu, duration and blocked, as they were measured;
of each function its share of the samples, of that cpu. A route needs 40 requests in each run, and 16 profiles for its
functions. Two machines, or two loads, make two runs differ as well: diff cannot tell that from a change of the program.

Options:
${optionLines(DIFF.options)}
Examples:
  profsrv diff before after
  profsrv diff before after --fail-over 10%       in CI: fails if a route got slower by more than 10 %
  profsrv diff before after --md > comment.md     for a pull request
  profsrv diff before after --json | jq '.functions[0]'

A command of yours that is called diff is run by profsrv -- diff.

Exit code: 1: a route got slower by more than --fail-over; 2: there is no such run, or a word or option is wrong.
`;
}

/** The help of `profsrv runs`. Pure. */
export function runsHelpText(): string {
  return `profsrv runs lists your runs in the system's temporary directory, the newest first: when, what, and how large.

Usage: profsrv runs [--remove AGE]

These are the runs without --prof-path, and what is left of runs whose profsrv was killed: profsrv report writes that to
the run's profiles. A run that goes on is marked, and never removed.

Options:
${optionLines(RUNS.options)}
Examples:
  profsrv runs
  profsrv runs --remove 7d

What is left of killed runs is also removed by the next run, when nothing has happened in it for seven days. A command
of yours that is called runs is run by profsrv -- runs.

Exit code: 1: something could not be removed.
`;
}

/** The help of `profsrv completion`. Pure. */
export function completionHelpText(): string {
  return `profsrv completion prints a script with which your shell completes profsrv's options and words.

Usage: profsrv completion bash|zsh|fish|powershell

Options:
${optionLines(COMPLETION.options)}
Examples:
  eval "$(profsrv completion bash)"                                    in ~/.bashrc
  source <(profsrv completion zsh)                                     in ~/.zshrc, behind compinit
  profsrv completion fish > ~/.config/fish/completions/profsrv.fish    once
  profsrv completion powershell | Out-String | Invoke-Expression       in $PROFILE

A command of yours that is called completion is run by profsrv -- completion.

Exit code: 2: there is no script for this shell.
`;
}

/** The help texts, by what they are of, and the options in them. In the order in which people meet them. */
export const HELP = {
  run: { text: helpText, table: RUN },
  view: { text: viewHelpText, table: VIEW },
  report: { text: reportHelpText, table: REPORT },
  diff: { text: diffHelpText, table: DIFF },
  convert: { text: convertHelpText, table: CONVERT },
  runs: { text: runsHelpText, table: RUNS },
  completion: { text: completionHelpText, table: COMPLETION },
} as const satisfies Record<string, { text(): string; table: OptionTable }>;

/** An option as it is typed: `--port N`, `--ui[=PORT]`. */
export function typed({ name, value, isValueOptional }: OptionInfo): string {
  return `--${name}${value === undefined ? "" : isValueOptional ? `[=${value}]` : ` ${value}`}`;
}

function optionLines(options: readonly OptionInfo[]): string {
  const flags = options.map((it) => `  ${it.short === undefined ? "    " : `-${it.short}, `}${typed(it)}`);
  const width = Math.max(...flags.map((it) => it.length));
  const lines = options.map(({ about, standard }, at) =>
    `${(flags[at] ?? "").padEnd(width)}  ${about}\n` +
    (standard === undefined ? "" : `${" ".repeat(width)}  (default: ${standard})\n`)
  );
  return lines.join("");
}
