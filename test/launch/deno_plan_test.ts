/** Deno command lines and what becomes of them. */
import { deepEqual, equal, match } from "node:assert/strict";
import { type DenoPlan, type DenoRequest, planDeno } from "../../src/launch/deno_plan.ts";

const spool = "/tmp/spool";
const agentPath = "/cache/profsrv/agent-1.cjs";
const env = "--allow-env=PROFSRV_AGENT";
const read = "--allow-read=/tmp/spool";
const write = "--allow-write=/tmp/spool";
const added = `${env} ${read} --allow-sys ${write}`;
/** `deno run` in place of `deno serve` has a variable that the agent takes away. */
const addedToServe = `${env},DENO_AUTO_SERVE ${read} --allow-sys ${write}`;

const NEWEST = "2.9.6";

function request(line: string, version?: string, config?: string): DenoRequest {
  return {
    platform: "linux",
    args: line.split(" ").filter((it) => it !== ""),
    version: version ?? NEWEST,
    spool,
    agentPath,
    specifierOf: (script) => script.includes(":") ? script : `file:///app/${script}`,
    configOf: () => config,
  };
}

function plan(line: string, version?: string, config?: string): DenoPlan {
  return planDeno(request(line, version, config));
}

/** The command line, with the modules of ours by their names. */
function lineOf({ args }: DenoPlan): string {
  return args.map((it) => it.startsWith("data:") ? /export/.test(it) ? "SERVED" : "PRELOAD" : it).join(" ");
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
  ["run -A s.ts", `run --preload PRELOAD -A s.ts`, "2.5.7"],
  ["-A s.ts", `--preload PRELOAD -A s.ts`, "2.6.0"],
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
  // `deno run` stands in for `deno serve`, and may listen where that may.
  ["serve -A s.ts", "run -A s.ts"],
  ["serve s.ts", `run ${addedToServe} --allow-net=:8000 s.ts`],
  ["serve --port 80 --host ::1 s.ts", `run ${addedToServe} --allow-net=::1:80 s.ts`],
  ["serve --port=80 -N=a s.ts", `run ${addedToServe} --allow-net=:80 -N=a s.ts`],
  ["serve --allow-net --port=0 s.ts", `run ${addedToServe} --allow-net s.ts`],
  ["serve -qN s.ts", `run ${addedToServe} -qN s.ts`],
  ["serve -A --cert c --host=a s.ts --port 1 --open", "run -A --cert c s.ts --port 1 --open"],
  ["serve -A --lock my.lock s.ts", "run -A --lock my.lock s.ts"],
  ["serve -A --watch s.ts", "run -A --watch s.ts"],
  ["serve -A -P s.ts", "run -A -P s.ts"],
  ["-q serve -A s.ts", "-q run -A s.ts"],
  ["serve -A s.ts", "run --preload PRELOAD -A s.ts", "2.6.3"],
  [
    "serve s.ts",
    `run --preload PRELOAD ${addedToServe.replace("-sys", "-sys=inspector")} --allow-net=:8000 s.ts`,
    "2.5.7",
  ],
  // What `deno run` cannot do is left to `deno serve`, which serves a module of ours that stands in for the user's.
  ["serve -A --parallel s.ts x y", "serve -A --parallel SERVED x y"],
  ["serve --open s.ts", `serve ${added} --open SERVED`],
  ["serve -P s.ts", "serve -P SERVED"],
  ["serve -A --watch s.ts", "serve -A --watch SERVED", "2.7.14"],
  ["serve -A --deny-env=DENO_AUTO_SERVE s.ts", "serve -A --deny-env=DENO_AUTO_SERVE SERVED"],
  ["serve -A -", "serve -A SERVED"],
  // What Deno refuses it is to refuse itself.
  ["serve -A --port x s.ts", "serve -A --port x SERVED"],
  ["serve -A --port 65536 s.ts", "serve -A --port 65536 SERVED"],
  ["serve -A --port 1 --port 2 s.ts", "serve -A --port 1 --port 2 SERVED"],
  ["serve -A", "serve -A"],
  ["serve --deny-sys s.ts", "serve --deny-sys s.ts"],
];

for (const [given, becomes, version] of rows) {
  Deno.test(`"deno ${given}" on ${version ?? "2.9.6"} becomes "deno ${becomes}"`, () => {
    equal(lineOf(plan(given, version)), becomes);
  });
}

Deno.test("a module that stands in for the user's keeps the configuration that Deno finds for that", () => {
  const served = plan("serve -A --parallel s.ts", NEWEST, "/app/deno.json");
  equal(lineOf(served), "serve --config /app/deno.json -A --parallel SERVED");
  match(decodeURIComponent(served.args.at(-1)!), /from "file:\/\/\/app\/s\.ts"/);
  equal(
    lineOf(plan("serve -A --parallel -c c.json s.ts", NEWEST, "/app/deno.json")),
    "serve -A --parallel -c c.json SERVED",
  );
  const alone = plan("serve -A --parallel s.ts", NEWEST, "/app/package.json");
  deepEqual([lineOf(alone), alone.loads, alone.notices.length], ["serve -A --parallel s.ts", false, 1]);
});

Deno.test("nothing that a command line or the environment names lies where a run removes it", () => {
  for (const line of ["run -A s.ts", "serve -A s.ts", "serve -A --parallel s.ts", "task dev"]) {
    for (const version of [NEWEST, "2.5.7"]) {
      const { args, env = {} } = plan(line, version);
      const text = decodeURIComponent(decodeURIComponent(JSON.stringify([args, env])));
      equal(text.includes(spool), false, text);
      equal(text.includes("data:"), text.includes(`file://${agentPath}`), text);
    }
  }
});

Deno.test("a comma in the spool's path is written twice, and from 2.9.6 on keeps the agent out unless all is permitted", () => {
  const withComma = (line: string, version: string) =>
    planDeno({ ...request(line, version), spool: "/tmp/a,b/spool" });
  match(withComma("run s.ts", "2.9.5").args.join(" "), /--allow-read=\/tmp\/a,,b\/spool /);
  const alone = withComma("serve s.ts", "2.9.6");
  deepEqual([alone.args.join(" "), alone.loads, alone.config], ["serve s.ts", false, undefined]);
  match(alone.notices.join(), /^Deno takes no comma in a list of paths, and "\/tmp\/a,b\/spool" has one/);
  deepEqual(withComma("run -A s.ts", "2.9.6").loads, true);
  deepEqual(withComma("run -RWE s.ts", "2.10.0").loads, true);
});

Deno.test("deno run in place of deno serve is told where to listen", () => {
  const { env, config } = plan("serve -A --port 0 --host localhost s.ts");
  deepEqual(env, { DENO_AUTO_SERVE: "1" });
  deepEqual(config, { isWatching: false, serving: { hostname: "localhost", port: 0 } });
  deepEqual(plan("serve -A s.ts").config?.serving, { hostname: "0.0.0.0", port: 8000 });
  deepEqual(plan("run -A s.ts").config, { isWatching: false });
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
  ["serve -A s.ts", undefined],
  [
    "serve --allow-net s.ts",
    /^For the profiler Deno also gets --allow-env=PROFSRV_AGENT,DENO_AUTO_SERVE (?!.*-net)/,
  ],
  [
    "serve -A --watch s.ts",
    /^To be profiled, "s\.ts" is served by a module of profsrv's: import\.meta\.main is false/,
    "2.5.7",
  ],
  ["run -A --ignore-env s.ts", /^--ignore-env keeps the profiler out/],
  ["run --ignore-env s.ts", /^For the profiler Deno also gets /],
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
  deepEqual(ways("serve -A s.ts"), [true, true]);
  deepEqual(ways("serve -A s.ts", "2.5.7"), [false, true]);
  deepEqual(ways("serve -A --parallel s.ts"), [false, true]);
  deepEqual(ways("run --deny-sys s.ts"), [false, false]);
  deepEqual(ways("run -A s.ts", "2.3.0"), [false, false]);
});
