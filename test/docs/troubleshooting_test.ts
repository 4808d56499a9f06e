/** docs/troubleshooting.md explains each sentence that profsrv can print, and no other. */
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { codeSpans, hasWords, type PrintedText, printedTexts, shows } from "./printed_texts.ts";

/** What is said about the inside of a file, a map or a template is one row each: the reason names the place. */
const reasons = ["src/formats", "src/naming", "src/sources"];
const rooms = ["src/agent", "src/cli", "src/launch", "src/collector", "src/store", "src/viewer", "src/files"];

/** Files whose texts are no messages. */
const withoutMessages: Readonly<Record<string, string>> = {
  "src/cli/completed_words.ts": "what a shell shows beside a word",
  "src/cli/completion_bash.ts": "a script for the shell",
  "src/cli/completion_fish.ts": "a script for the shell",
  "src/cli/completion_powershell.ts": "a script for the shell",
  "src/cli/completion_zsh.ts": "a script for the shell",
  "src/cli/help.ts": "the help, which explains itself",
  "src/cli/options.ts": "the help; docs/options.md has it",
  "src/cli/subcommand_options.ts": "the help; docs/options.md has it",
  "src/agent/deno/auto_serve.ts": "what Deno itself says",
  "src/agent/deno/response.ts": "names of symbols",
  "src/agent/inspector.ts": "the name of a module of Node's",
  "src/launch/agent_text.ts": "for the sources alone: each build has the agent",
  "src/launch/deno_flags.ts": "Deno's subcommands",
  "src/launch/deno_serve.ts": "code of a module",
  "src/launch/group_signal_probe.ts": "a script for the shell",
  "src/launch/node_options.ts": "code of a module",
  "src/viewer/page/timeline_plots.ts": "a font",
  "src/viewer/page_texts.ts": "for the sources alone: each build has the page",
};

/** Headings, markup and names, of files that also have messages. */
const headings: readonly string[] = [
  "# profsrv diff",
  "Medians in milliseconds; the change lies in the interval with a confidence of 99 %.",
  "Allocated by a request, in the routes' mix of both runs. Own: with what libraries and the runtime did for it.",
  "function, allocated a request",
  "Milliseconds a request, in the routes' mix of both runs. Own: with what libraries and the runtime did for it.",
  "## How to go on",
  "function, ms a request",
  "# profsrv report…",
  "cpu, blocked, wait: ms per request…",
  "; alloc: bytes per request",
  "allocates most   (cpu, blocked, wait: ms per request; alloc: bytes per request)",
  "Functions that allocate (of each request the one that allocated most)",
  "max ms",
  "Slowest requests",
  "Hot functions (of each request the one with most of its time)",
  "Functions of its profile (…)",
  "of all",
  "Functions, in the … with most CPU (…)",
  "profile of the request",
  "profiles of the requests",
  "Hot path (share of the …, calls inside)",
  "Who held up others",
  "Who held it up",
  "whom it cost",
  "Dig further",
  "hot function   (cpu, blocked, wait: ms per request)",
  "npx npm pnpm pnpx yarn exec dlx x run bun bunx",
  "img-src data: blob:",
  "connect-src data: blob:",
  "connect-src blob:",
  "font-src data:",
];

const document = await readFile(new URL("../../docs/troubleshooting.md", import.meta.url), "utf8");
const spans = codeSpans(document);
/** What stands in the first column of its tables. */
const explained = document.split("\n").filter((it) => it.startsWith("| `"))
  .flatMap((row) => codeSpans(row.split(/(?<!\\)\|/)[1]!));

Deno.test("docs/troubleshooting.md has every sentence that profsrv can print", async () => {
  const missing = (await messages()).filter(hasWords).filter(({ text }) =>
    !spans.some((span) => shows(span, text))
  );
  assert.deepEqual(missing.map(({ file, text }) => `${file}: ${text}`), []);
});

Deno.test("docs/troubleshooting.md has no sentence that profsrv does not print", async () => {
  const all = [...await messages(), ...(await Promise.all(reasons.map(printedTexts))).flat()];
  const texts = all.filter(({ text }) => /[a-z]{3}/i.test(text));
  const stale = explained.filter((span) => !texts.some(({ text }) => shows(span, text)));
  assert.deepEqual(stale, []);
});

Deno.test("what is listed as no message is there", async () => {
  const texts = (await Promise.all(rooms.map(printedTexts))).flat();
  const gone = [
    ...headings.filter((it) => !texts.some(({ text }) => text === it)),
    ...Object.keys(withoutMessages).filter((it) => !texts.some(({ file }) => file === it)),
  ];
  assert.deepEqual(gone, []);
});

Deno.test("a sentence is found where its values are put in, and not where other words stand", () => {
  assert.ok(shows('Cannot read "a/b": permission denied', 'Cannot read "…": …'));
  assert.ok(shows("3 lines of its index are damaged", "… lines of its index are"));
  assert.ok(!shows('Cannot read "…": …', 'Cannot write "…": …'));
  assert.ok(!shows("…", "there is no run.json in it"));
});

async function messages(): Promise<PrintedText[]> {
  const found = (await Promise.all(rooms.map(printedTexts))).flat();
  const single = (await printedTexts("src")).filter(({ file }) => !file.includes("/", "src/".length));
  return [...found, ...single].filter(({ file, text }) =>
    withoutMessages[file] === undefined && !headings.includes(text) && !text.startsWith("<")
  );
}
