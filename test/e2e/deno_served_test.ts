/** `deno serve` must do the same with and without profsrv: output, answers, end; and its requests are recorded. */
import assert from "node:assert/strict";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { profiles } from "../support/compatibility.ts";
import { checkLaws } from "../support/laws.ts";
import { type Answer, ask, type Ended, profiled, Started } from "../support/profiled.ts";
import { runtimes } from "../support/runtimes.ts";

/** What a served module can see of how it was started. */
const look = `
const own = Deno.env.toObject === undefined ? {} : Object.keys(Deno.env.toObject()).filter((it) => /SERVE/.test(it));
console.log(import.meta.main, Deno.mainModule, Deno.args, own);
`;
const handler = `
const fetch = (request) => {
  if (new URL(request.url).pathname === "/end") setTimeout(() => Deno.exit(3));
  return new Response("answer");
};
const onListen = ({ hostname, port }) => console.log("listens on", hostname, \`port \${port}\`);
`;
const served = `${handler}\nexport default { fetch, onListen };\n`;

interface Case {
  readonly about: string;
  readonly files: Readonly<Record<string, string>>;
  readonly args: readonly string[];
  /** Whether it never comes to a request. */
  readonly fails?: boolean;
}

const cases: readonly Case[] = [
  {
    about: "what a module can see of its start",
    files: { "main.ts": look + served },
    args: ["-A", "--port", "0", "main.ts", "--port", "1"],
  },
  {
    about: "an address given with =",
    files: { "main.ts": look + served },
    args: ["--host=127.0.0.1", "-A", "--port=0", "./main.ts"],
  },
  {
    about: "a name of the import map's",
    files: { "deno.json": '{ "imports": { "shop/": "./lib/" } }', "lib/main.ts": look + served },
    args: ["-A", "--port", "0", "shop/main.ts"],
  },
  {
    about: "a lock file as the next word",
    files: { "deno.json": "{}", "my.lock": '{"version":"5"}', "main.ts": look + served },
    args: ["-A", "--port", "0", "--lock", "my.lock", "main.ts"],
  },
  {
    about: "a package.json and no deno.json",
    files: {
      "sub/package.json": '{ "dependencies": {} }',
      "sub/part.mjs": served,
      "sub/main.mjs": 'export { default } from "./part.mjs";',
    },
    args: ["-A", "--port", "0", "sub/main.mjs"],
  },
  {
    about: "a module that serves by itself and exports nothing",
    files: { "main.ts": `${look}${handler}\nDeno.serve({ port: 0, onListen }, fetch);\n` },
    args: ["-A", "main.ts"],
  },
  {
    about: "a module that serves by itself, too",
    files: {
      "main.ts": `${look}${served}\nawait Deno.serve({ port: 0, onListen: () => {} }, fetch).shutdown();\n`,
    },
    args: ["-A", "--port", "0", "main.ts"],
  },
  {
    about: "no more permissions than its own address",
    files: {
      "main.ts": `${served}
const ask = (descriptor) => Deno.permissions.querySync(descriptor).state;
console.log(ask({ name: "net", host: "0.0.0.0:0" }), ask({ name: "net", host: "127.0.0.1:81" }), ask({ name: "run" }));
console.log(ask({ name: "net", host: "example.com" }), ask({ name: "env", variable: "HOME" }), ask({ name: "read", path: "/etc" }));`,
    },
    args: ["--no-prompt", "--port", "0", "main.ts"],
  },
  {
    about: "a child of it that runs a module which could be served",
    files: {
      "main.ts": `${look}${served}
const { stdout, stderr, code } = new Deno.Command(Deno.execPath(), { args: ["run", "-A", "child.ts"] }).outputSync();
console.log(new TextDecoder().decode(stdout), new TextDecoder().decode(stderr), code);`,
      "child.ts": `console.log("child"); export default { fetch: () => new Response("child") };`,
    },
    args: ["-A", "--port", "0", "main.ts"],
  },
  { about: "a module with nothing to do", files: { "main.ts": look }, args: ["-A", "main.ts"], fails: true },
  {
    about: "null to serve",
    files: { "main.ts": "export default null;" },
    args: ["-A", "main.ts"],
    fails: true,
  },
  {
    about: "what is no handler",
    files: { "main.ts": "export default { fetch: 1 };" },
    args: ["-A", "main.ts"],
    fails: true,
  },
  {
    about: "a module that throws",
    files: { "main.ts": 'throw new Error("on purpose");' },
    args: ["-A", "main.ts"],
    fails: true,
  },
  {
    about: "a module that serves and throws",
    files: { "main.ts": 'Deno.serve({ port: 0, onListen() {} }, () => {}); throw new Error("on purpose");' },
    args: ["-A", "main.ts"],
    fails: true,
  },
  {
    about: "a port that is none",
    files: { "main.ts": served },
    args: ["-A", "--port", "x", "main.ts"],
    fails: true,
  },
  { about: "no such file", files: {}, args: ["-A", "main.ts"], fails: true },
];

/** Where in Deno's own code, and the frames of the agent that an error of `Deno.serve` itself has. */
const TRACES = [
  /\n +at Object\.apply \(file:.*agent[^/]*\.cjs:\d+:\d+\)/g,
  /(?<=(?:ext|node):[\w/.]+):\d+:\d+/g,
];

function stable({ code, signal, stdout, stderr }: Ended): Ended {
  const withoutOwn = stderr.split("\n").filter((line) => !line.startsWith("profsrv: ")).join("\n");
  const [told = ""] = withoutOwn.split("\nStack backtrace:");
  const text = TRACES.reduce((it, trace) => it.replace(trace, ""), told);
  return {
    code,
    signal,
    stdout: stdout.replace(/port \d+/g, "port"),
    stderr: text.replace(/port \d+|:\d+\//g, "port"),
  };
}

async function use(started: Started, fails: boolean): Promise<Answer | undefined> {
  if (fails) return undefined;
  const port = Number((await started.printed(/port (\d+)/))[1]);
  const { headers: { date: _, ...headers }, ...answer } = await ask(port, "/a");
  await ask(port, "/end").catch(() => {});
  return { ...answer, headers };
}

async function inProject(files: Case["files"], test: (cwd: string) => Promise<void>): Promise<void> {
  const cwd = await mkdtemp(join(tmpdir(), "profsrv-project-"));
  try {
    for (const [name, text] of Object.entries(files)) {
      await mkdir(dirname(join(cwd, name)), { recursive: true });
      await writeFile(join(cwd, name), text);
    }
    await test(cwd);
  } finally {
    await rm(cwd, { recursive: true, force: true });
  }
}

const env = { NO_COLOR: "1" };

for (const { kind, version, path } of await runtimes()) {
  if (kind !== "deno") continue;
  for (const { about, files, args, fails = false } of cases) {
    Deno.test(`deno serve, ${about}: the same with and without profsrv on deno ${version}`, async () => {
      await inProject(files, async (cwd) => {
        const alone = new Started([path, "serve", ...args], { cwd, env });
        const answer = await use(alone, fails);
        let profiledAnswer: Answer | undefined;
        const run = await profiled([path, "serve", ...args], async (started) => {
          profiledAnswer = await use(started, fails);
        }, { cwd, env, options: fails ? [] : ["--quiet"] });
        assert.deepEqual(stable(run), stable(await alone.ended));
        assert.deepEqual(profiledAnswer, answer);
        assert.doesNotMatch(run.stderr, /The agent reports/, "what a module throws is no fault of the agent");
        if (fails) return;
        checkLaws(run);
        assert.deepEqual(run.index.map(({ path }) => path), ["/a", "/end"]);
      });
    });
  }

  Deno.test(`deno serve on a port that is taken fails the same with profsrv on deno ${version}`, async () => {
    const holder = createServer().listen(0, "127.0.0.1");
    await new Promise((resolve) => holder.on("listening", resolve));
    const { port } = holder.address() as { port: number };
    try {
      await inProject({ "main.ts": served }, async (cwd) => {
        const command = [path, "serve", "-A", "--host", "127.0.0.1", "--port", `${port}`, "main.ts"];
        const alone = new Started(command, { cwd, env });
        const run = await profiled(command, async () => {}, { cwd, env, options: ["--quiet"] });
        assert.deepEqual(stable(run), stable(await alone.ended));
        assert.match(run.stderr, /AddrInUse/);
      });
    } finally {
      holder.close();
    }
  });

  profiles({ group: "Ways to start Deno", name: "deno serve, a name of the import map's" }, {
    kind,
    version,
    path,
  }, async () => {
    await inProject(cases[2]!.files, async (cwd) => {
      const run = await profiled(
        [path, "serve", ...cases[2]!.args],
        (started) => use(started, false).then(() => {}),
        { cwd },
      );
      assert.deepEqual(run.index.map(({ path }) => path), ["/a", "/end"]);
    });
  });

  Deno.test(`deno serve --parallel serves a module that is said to be the main one on deno ${version}`, async () => {
    const files = { "deno.json": '{ "imports": { "shop/": "./lib/" } }', "lib/main.ts": look + served };
    await inProject(files, async (cwd) => {
      const command = [path, "serve", "-A", "--parallel", "--port", "0", "shop/main.ts"];
      const run = await profiled(command, async (started) => {
        await use(started, false);
      }, { cwd, env: { ...env, DENO_JOBS: "2" } });
      assert.match(run.stdout, new RegExp(`false file://${cwd}/lib/main.ts \\[\\] \\[\\]`));
      assert.match(
        run.stderr,
        /profsrv: To be profiled, "shop\/main\.ts" is served by a module of profsrv's: import\.meta\.main is false/,
      );
    });
  });

  Deno.test(`deno serve --parallel with nothing to serve says so, as alone, on deno ${version}`, async () => {
    await inProject(
      { "main.ts": "export default null;", "nothing.ts": "export const x = 1;" },
      async (cwd) => {
        for (const file of ["main.ts", "nothing.ts"]) {
          const command = [path, "serve", "-A", "--parallel", file];
          const options = { cwd, env: { ...env, DENO_JOBS: "1" } };
          const alone = await new Started(command, options).ended;
          const run = await profiled(command, async () => {}, { ...options, options: ["--quiet"] });
          assert.deepEqual(stable(run), stable(alone));
        }
      },
    );
  });
}
