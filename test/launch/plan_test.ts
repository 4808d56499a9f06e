import assert from "node:assert/strict";
import { type LaunchRequest, planLaunch } from "../../src/launch/plan.ts";

const config = {
  v: 1,
  spool: "/tmp/spool/token",
  interval: 1000,
  serial: false,
  profiler: "cpu",
  calls: false,
} as const;
const AGENT = "/cache/agent.cjs";
const spool = "/tmp/spool";
const OURS = `--require ${AGENT}`;

/** A request for a plan; what a row does not name is ordinary. */
function planned(known: Partial<LaunchRequest>) {
  const command = known.command ?? ["node", "s.js"];
  return planLaunch({
    command,
    file: `/usr/bin/${command[0]}`,
    env: {},
    platform: "linux",
    agent: { path: AGENT, spool, config },
    ...known,
  });
}

const options: [what: string, known: Partial<LaunchRequest>, nodeOptions: string | undefined][] = [
  ["nothing there before", {}, OURS],
  ["an empty NODE_OPTIONS", { env: { NODE_OPTIONS: "" } }, OURS],
  [
    "options of the user",
    { env: { NODE_OPTIONS: '--import "./my hook.js" --no-warnings' } },
    `${OURS} --import "./my hook.js" --no-warnings`,
  ],
  ["a mistake of the user", { env: { NODE_OPTIONS: '-r "./open' } }, `${OURS} -r "./open`],
  ["a space in the path", { agent: { path: "/a b/c.cjs", spool, config } }, '--require "/a b/c.cjs"'],
  ["quotes in the path", { agent: { path: '/a"b/c.cjs', spool, config } }, '--require "/a\\"b/c.cjs"'],
  [
    "backslashes in the path",
    { platform: "win32", file: "C:\\node.exe", agent: { path: "C:\\T p\\agent.cjs", spool, config } },
    '--require "C:\\\\T p\\\\agent.cjs"',
  ],
  ["npm", { command: ["npm", "start"] }, OURS],
  ["a shell", { command: ["sh", "-c", "node s.js"] }, OURS],
  ["a script called deno.js", { command: ["node", "deno.js"] }, OURS],
  ["no agent", { agent: undefined as never }, undefined],
  ["deno", { command: ["deno", "run", "s.ts"] }, undefined],
  ["deno.exe", { file: "C:\\bin\\Deno.EXE", platform: "win32" }, undefined],
  ["node --permission", { command: ["node", "--permission", "s.js"] }, OURS],
  ["node -r x --permission", { command: ["node", "-r", "x", "--permission", "s.js"] }, OURS],
  ["node --experimental-permission", { command: ["node", "--experimental-permission", "s.js"] }, undefined],
  ["--permission for the script", { command: ["node", "s.js", "--permission"] }, OURS],
  ["--permission for another program", { command: ["npm", "--permission"] }, OURS],
  [
    "--permission --allow-inspector",
    { command: ["node", "--permission", "--allow-inspector", "s.js"] },
    OURS,
  ],
  [
    "--permission --allow-inspector in NODE_OPTIONS",
    { env: { NODE_OPTIONS: "--permission --allow-inspector" }, agent: { path: AGENT, spool, config } },
    `${OURS} --allow-fs-read=/cache --allow-fs-read=/tmp/spool --allow-fs-write=/tmp/spool --permission --allow-inspector`,
  ],
  [
    "--experimental-permission",
    { env: { NODE_OPTIONS: "--experimental-permission" } },
    "--experimental-permission",
  ],
];

for (const [what, known, nodeOptions] of options) {
  Deno.test(`with ${what} NODE_OPTIONS become ${nodeOptions}`, () => {
    const plan = planned(known);
    assert.equal(plan.env["NODE_OPTIONS"], nodeOptions);
    const loaded = nodeOptions?.startsWith("--require") === true;
    assert.deepEqual(
      plan.env["PROFSRV_AGENT"] && JSON.parse(plan.env["PROFSRV_AGENT"]),
      loaded
        ? { ...config, ...(known.env?.["NODE_OPTIONS"] === undefined ? { optionFiles: [] } : {}) }
        : undefined,
    );
  });
}

Deno.test("what keeps the agent out is said in one sentence, and only that", () => {
  assert.deepEqual(planned({}).notices, []);
  for (const command of [["deno", "task", "dev"], ["node", "--experimental-permission", "s.js"]]) {
    const { notices } = planned({ command });
    assert.equal(notices.length, 1);
    assert.match(notices[0] ?? "", /^[A-Z].*; the command runs .*\.$/);
  }
});

Deno.test("where Node's permissions let the profiler in, its own directory is all that is added, and said", () => {
  const plan = planned({ command: ["node", "--permission", "--allow-inspector", "s.js", "x"] });
  assert.deepEqual(plan.args, [
    "--allow-fs-read=/cache",
    "--allow-fs-read=/tmp/spool",
    "--allow-fs-write=/tmp/spool",
    "--permission",
    "--allow-inspector",
    "s.js",
    "x",
  ]);
  assert.deepEqual(plan.notices, [
    'Node\'s permission model is on: the command also may read "/cache", and read and write "/tmp/spool".',
  ]);
});

Deno.test("the rest of the environment and the command stay as they are", () => {
  const plan = planned({ command: ["./my node", "a b", "", '"'], env: { A: "1", B: undefined, "C=": "x" } });
  assert.equal(plan.file, "./my node");
  assert.deepEqual(plan.args, ["a b", "", '"']);
  const { A, B, "C=": c } = plan.env;
  assert.deepEqual({ A, B, c }, { A: "1", B: undefined, c: "x" });
});

Deno.test("on Windows the permission for the spool is quoted in NODE_OPTIONS, and plain as an argument", () => {
  const spool = "C:\\T p\\profsrv-spool-x";
  const windows = {
    platform: "win32",
    file: "C:\\n\\node.exe",
    agent: { path: "C:\\c\\agent.cjs", spool, config },
  };
  const flags = ["--permission", "--allow-inspector"];
  assert.deepEqual(planned({ ...windows, command: ["node", ...flags, "s.js"] }).args.slice(0, 3), [
    "--allow-fs-read=C:\\c",
    `--allow-fs-read=${spool}`,
    `--allow-fs-write=${spool}`,
  ]);
  const { env } = planned({ ...windows, command: ["node", "s.js"], env: { node_options: flags.join(" ") } });
  const quoted = "C:\\\\T p\\\\profsrv-spool-x";
  assert.equal(
    env["node_options"],
    `--require C:\\c\\agent.cjs --allow-fs-read=C:\\c "--allow-fs-read=${quoted}" ` +
      `"--allow-fs-write=${quoted}" ${flags.join(" ")}`,
  );
});

Deno.test("on Windows a variable is found whatever its case", () => {
  const plan = planned({ platform: "win32", env: { Node_Options: "--no-warnings" }, file: "C:\\node.exe" });
  assert.deepEqual(Object.keys(plan.env).sort(), ["Node_Options", "PROFSRV_AGENT"]);
  assert.equal(plan.env["Node_Options"], `${OURS} --no-warnings`);
});

/** A command on Windows: the file found, its arguments, and the command line of cmd.exe. */
const shims: [file: string, args: string[], line: string][] = [
  ["C:\\nodejs\\npm.cmd", ["start"], '""C:\\nodejs\\npm.cmd" "start""'],
  ["C:\\Program Files\\npm.cmd", ["a b"], '""C:\\Program Files\\npm.cmd" "a b""'],
  ["C:\\x.bat", ["%PATH%", "a&b"], '""C:\\x.bat" "%%cd:~,%PATH%%cd:~,%" "a&b""'],
  ["C:\\x.cmd", ['say "hi"', "C:\\dir\\", ""], '""C:\\x.cmd" "say ""hi""" "C:\\dir\\\\" """'],
  ["C:\\x.cmd", ['\\"', '\\\\"&'], '""C:\\x.cmd" "\\\\""" "\\\\\\\\""&""'],
];

for (const [file, args, line] of shims) {
  Deno.test(`on Windows ${file} ${JSON.stringify(args)} is run by cmd.exe`, () => {
    const plan = planned({
      platform: "win32",
      file,
      command: ["x", ...args],
      env: { COMSPEC: "C:\\cmd.exe" },
    });
    assert.deepEqual([plan.file, ...plan.args], [
      ...["C:\\cmd.exe", "/d", "/e:on", "/v:off", "/s", "/c"],
      line,
    ]);
    assert.equal(plan.verbatim, true);
  });
}

Deno.test("on Windows a program is run by itself, by the file that was found", () => {
  const plan = planned({ platform: "win32", file: "C:\\n\\node.exe", command: ["node", "a b"] });
  assert.deepEqual([plan.file, plan.args, plan.verbatim], ["C:\\n\\node.exe", ["a b"], false]);
});

Deno.test("npm is given the agent beside the node-options that it would replace NODE_OPTIONS with", () => {
  const options = (env: Record<string, string>, files: Record<string, string>) =>
    planned({ command: ["npm", "start"], env, readText: (path) => files[path] })
      .env["npm_config_node_options"];
  assert.equal(options({}, {}), undefined);
  assert.equal(options({}, { ".npmrc": "a=b\n" }), undefined);
  assert.equal(options({}, { ".npmrc": " node-options = --no-warnings\n" }), `${OURS} --no-warnings`);
  assert.equal(options({}, { ".npmrc": 'node-options="--title=a b"' }), `${OURS} --title=a b`);
  assert.equal(options({ HOME: "/h" }, { "/h/.npmrc": "node-options=--title=x" }), `${OURS} --title=x`);
  assert.equal(options({ npm_config_node_options: "" }, {}), OURS);
});

for (const file of ["C:\\n\\deno.cmd", "C:\\n\\DENO.CMD", "C:\\n\\deno.bat", "C:\\n\\deno.exe"]) {
  Deno.test(`on Windows ${file} is Deno`, () => {
    const deno = { version: "2.9.6", specifierOf: () => "", configOf: () => undefined };
    const command = ["deno", "run", "s.ts"];
    assert.match(planned({ platform: "win32", file, command, deno }).args.join(" "), /--allow-write=/);
    assert.match(
      planned({ platform: "win32", file, command }).notices.join(),
      /^Nothing is known of this Deno/,
    );
  });
}
