/** Deno command lines and what becomes of them. */
import { deepEqual, equal, match } from "node:assert/strict";
import { type DenoPlan, planDeno } from "../../src/launch/deno_plan.ts";

const spool = "/tmp/spool";
const agentPath = "/cache/profsrv/agent-1.cjs";
const preload = "/cache/profsrv/preload.mjs";
const served = "/cache/profsrv/serve.mjs";
const env = "--allow-env=PROFSRV_AGENT";
const read = "--allow-read=/tmp/spool";
const write = "--allow-write=/tmp/spool";
const added = `${env} ${read} --allow-sys ${write}`;

const NEWEST = "2.9.6";

function plan(line: string, version?: string, config?: string): DenoPlan {
  return planDeno({
    platform: "linux",
    args: line.split(" ").filter((it) => it !== ""),
    version: version ?? NEWEST,
    agentPath,
    spool,
    urlOf: (script) => script.includes(":") ? script : `file:///app/${script}`,
    configOf: () => config,
  });
}

/** Without the digests of the modules' contents. */
function plain(text: string): string {
  return text.replace(/-[0-9a-f]{32}\.mjs/g, ".mjs");
}

/** The user's command line, what it becomes, and the version if it matters. */
const rows: readonly (readonly [given: string, becomes: string, version?: string])[] = [
  // Everything is permitted already.
  ["run -A s.ts", "run -A s.ts"],
  ["run --allow-all s.ts", "run --allow-all s.ts"],
  ["-A s.ts", "-A s.ts"],
  ["run -qA s.ts", "run -qA s.ts"],
  ["run -A -P s.ts", "run -A -P s.ts"],
  ["run -RWES s.ts", "run -RWES s.ts"],
  [
    "run --allow-env --allow-read --allow-sys --allow-write s.ts",
    "run --allow-env --allow-read --allow-sys --allow-write s.ts",
  ],
  // What is missing is added, scoped.
  ["run s.ts", `run ${added} s.ts`],
  ["s.ts", `${added} s.ts`],
  ["s.ts -A", `${added} s.ts -A`],
  ["run --no-prompt s.ts", `run ${added} --no-prompt s.ts`],
  ["run --allow-net s.ts", `run ${added} --allow-net s.ts`],
  ["run -N=:8000 s.ts", `run ${added} -N=:8000 s.ts`],
  ["--allow-net s.ts", `${added} --allow-net s.ts`],
  ["run s.ts --allow-read", `run ${added} s.ts --allow-read`],
  ["run -- s.ts", `run ${added} -- s.ts`],
  ["run --watch s.ts", `run ${added} --watch s.ts`],
  ["run --watch s.ts", "run --watch s.ts", "2.7.14"],
  ["run --watch=a.txt -A s.ts", "run --watch=a.txt -A s.ts", "2.5.7"],
  ["run npm:cowsay hello", `run ${added} npm:cowsay hello`],
  ["run --config c.json s.ts", `run ${added} --config c.json s.ts`],
  ["run -c c.json --import-map m.json s.ts", `run ${added} -c c.json --import-map m.json s.ts`],
  ["run --ext ts --location http://a/ s.ts", `run ${added} --ext ts --location http://a/ s.ts`],
  ["-q run s.ts", `-q run ${added} s.ts`],
  ["run https://example.com/s.ts", `run ${added} https://example.com/s.ts`],
  ["run -", `run ${added} -`],
  // A bare flag is left alone: a scoped one beside it would narrow it.
  ["run --allow-read s.ts", `run ${env} --allow-sys ${write} --allow-read s.ts`],
  ["run -R s.ts", `run ${env} --allow-sys ${write} -R s.ts`],
  ["run -RE s.ts", `run --allow-sys ${write} -RE s.ts`],
  ["run -RE=X s.ts", `run --allow-sys ${write} -RE=X s.ts`],
  ["run --allow-sys s.ts", `run ${env} ${read} ${write} --allow-sys s.ts`],
  ["run -W -E s.ts", `run ${read} --allow-sys -W -E s.ts`],
  // A scoped flag gets another one beside it.
  ["run --allow-read=a,b s.ts", `run ${added} --allow-read=a,b s.ts`],
  ["run -R=a -W=b s.ts", `run ${added} -R=a -W=b s.ts`],
  ["run --allow-env=HOME s.ts", `run ${added} --allow-env=HOME s.ts`],
  // Of sys, the inspector has a name of its own up to 2.7; from 2.8 on it needs all of it.
  ["run s.ts", `run ${env} ${read} --allow-sys=inspector ${write} s.ts`, "2.7.14"],
  [
    "run --allow-sys=hostname s.ts",
    `run ${env} ${read} ${write} --allow-sys=hostname,inspector s.ts`,
    "2.7.14",
  ],
  ["run --allow-sys=hostname s.ts", `run ${env} ${read} ${write} --allow-sys s.ts`],
  ["run -S=hostname s.ts", `run ${env} ${read} ${write} --allow-sys s.ts`],
  // A set of the configuration file would lose to flags: nothing is added.
  ["run -P s.ts", "run -P s.ts"],
  ["run -P=server s.ts", "run -P=server s.ts"],
  ["run --permission-set=server s.ts", "run --permission-set=server s.ts"],
  // What is denied stays denied; what is denied elsewhere is no obstacle.
  ["run --deny-sys s.ts", "run --deny-sys s.ts"],
  ["run --deny-write s.ts", "run --deny-write s.ts"],
  ["run -A --deny-env=PROFSRV_AGENT s.ts", "run -A --deny-env=PROFSRV_AGENT s.ts"],
  ["run --allow-read --deny-read=/tmp s.ts", "run --allow-read --deny-read=/tmp s.ts"],
  ["run --deny-read=/etc s.ts", `run ${added} --deny-read=/etc s.ts`],
  ["run --deny-net s.ts", `run ${added} --deny-net s.ts`],
  // Before 2.7 a flag brings the agent.
  ["run -A s.ts", `run --preload ${preload} -A s.ts`, "2.5.7"],
  ["-A s.ts", `--preload ${preload} -A s.ts`, "2.6.0"],
  ["run -A s.ts", "run -A s.ts", "2.4.5"],
  ["run s.ts", "run s.ts", "1.46.3"],
  // Tasks and what serves nothing stay as they are.
  ["task dev", "task dev"],
  ["task --cwd sub dev --port 1", "task --cwd sub dev --port 1"],
  ["test -A", "test -A"],
  ["fmt", "fmt"],
  ["eval 1+1", "eval 1+1"],
  ["", ""],
  ["--version", "--version"],
  // A module of ours stands in for the one to be served.
  ["serve -A s.ts", `serve -A ${served}`],
  ["serve --port 80 --host ::1 s.ts", `serve ${added} --port 80 --host ::1 ${served}`],
  ["serve -A --parallel --watch s.ts", `serve -A --parallel --watch ${served}`],
  ["serve -A --cert c s.ts", `serve -A --cert c ${served}`],
  ["serve -A s.ts x y", `serve -A ${served} x y`],
  ["serve -P s.ts", `serve -P ${served}`],
  ["serve -A", "serve -A"],
];

for (const [given, becomes, version] of rows) {
  Deno.test(`"deno ${given}" on ${version ?? "2.9.6"} becomes "deno ${becomes}"`, () => {
    equal(plain(plan(given, version).args.join(" ")), becomes);
  });
}

Deno.test("deno serve keeps the configuration that Deno finds for the user's module", () => {
  const { args, files } = plan("serve -A s.ts", "2.9.6", "/app/deno.json");
  deepEqual(args.map(plain), ["serve", "--config", "/app/deno.json", "-A", served]);
  match(files[1]!.text, /^import "\.\/preload-[0-9a-f]{32}\.mjs";\n/);
  equal(files.map(({ name }) => name).join(), "preload.mjs,serve.mjs");
  match(files[1]!.text, /from "file:\/\/\/app\/s\.ts"/);
  equal(
    plain(plan("serve -A -c c.json s.ts", "2.9.6", "/app/deno.json").args.join(" ")),
    `serve -A -c c.json ${served}`,
  );
  const alone = plan("serve -A s.ts", "2.9.6", "/app/package.json");
  deepEqual([alone.args.join(" "), alone.loads, alone.notices.length], ["serve -A s.ts", false, 1]);
});

/** What is said to the user. */
const said: readonly (readonly [given: string, text: RegExp | undefined, version?: string])[] = [
  ["run -A s.ts", undefined],
  ["run s.ts", /^For the profiler Deno also gets --allow-env=PROFSRV_AGENT .*\.$/],
  ["run -S=hostname s.ts", /--allow-sys \(all of it\)/],
  ["run -P s.ts", /permission set/],
  ["run -A --deny-write s.ts", /--deny-write keeps the profiler out/],
  ["run --deny-sys s.ts", /--deny-sys keeps the profiler out/],
  ["task dev", /--allow-sys/],
  ["task dev", /Deno 2\.7 or newer/, "2.5.7"],
  ["run -A --watch s.ts", undefined],
  ["run -A --watch s.ts", /^Deno 2\.8\.3 lets no profiler into "deno run --watch"/, "2.8.3"],
  ["serve -A --watch s.ts", undefined, "2.5.7"],
  ["run -A s.ts", /^Deno 2\.4\.5 cannot be profiled/, "2.4.5"],
];

for (const [given, text, version] of said) {
  Deno.test(`"deno ${given}" on ${version ?? "2.9.6"} is told ${text ?? "nothing"}`, () => {
    const { notices } = plan(given, version);
    equal(notices.length, text === undefined ? 0 : 1);
    if (text !== undefined) match(notices[0]!, text);
  });
}

Deno.test("the agent comes by NODE_OPTIONS where Deno reads them, and not at all where it is shut out", () => {
  const ways = (line: string, version?: string) => {
    const { byNodeOptions, loads } = plan(line, version);
    return [byNodeOptions, loads];
  };
  deepEqual(ways("run -A s.ts"), [true, true]);
  deepEqual(ways("task dev"), [true, true]);
  deepEqual(ways("run -A s.ts", "2.5.7"), [false, true]);
  deepEqual(ways("serve -A s.ts"), [false, true]);
  deepEqual(ways("run --deny-sys s.ts"), [false, false]);
  deepEqual(ways("run -A s.ts", "2.3.0"), [false, false]);
});
