/** Deno servers as projects have them: watched, with import maps and workspaces, permission sets, from npm, with an old Deno. */
import assert from "node:assert/strict";
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { platform, runtime as fetchRuntime } from "../../build/runtimes.ts";
import { profiles, tells } from "../support/compatibility.ts";
import { checkLaws } from "../support/laws.ts";
import { appPath, ask, askAll, profiled, type Run, type Started } from "../support/profiled.ts";
import { type Runtime, runtimes } from "../support/runtimes.ts";
import { assertOwnWork } from "./deno_profiles.ts";

const paths = Array.from({ length: 24 }, (_, i) => i % 2 === 0 ? `/slow/${i}` : `/fast/${i}`);
const way = (name: string) => ({ group: "Ways to start Deno", name }) as const;
const work = pathToFileURL(appPath("work.cjs")).href;

/** A server's module: what it does is imported by the name `#work`, or as it is told. */
const handler = (from = "#work") =>
  `import work from ${JSON.stringify(from)};
const fetch = async (request: Request): Promise<Response> => {
  const { pathname } = new URL(request.url);
  if (pathname === "/end") Deno.exit(0);
  await work.handle(pathname);
  return new Response("generation 1");
};
const onListen = ({ port }: { port: number }) => console.log(\`port \${port}\`);
`;
const served = `\nexport default { fetch, onListen };\n`;
const run = `\nif (import.meta.main) Deno.serve({ port: 0, hostname: "127.0.0.1", onListen }, fetch);\n`;
const address = ["--port", "0", "--host", "127.0.0.1"];

/**
 * Writes a project, runs `test` in it and takes it away. `deno` is the runtime by another path: Deno's `node:child_process`
 * changes the arguments that follow its own.
 */
async function inProject(
  files: Record<string, string>,
  runtime: Runtime,
  test: (cwd: string, deno: string) => Promise<void>,
): Promise<void> {
  const cwd = await mkdtemp(join(tmpdir(), "profsrv-project-"));
  try {
    for (const [name, text] of Object.entries(files)) {
      await mkdir(dirname(join(cwd, name)), { recursive: true });
      await writeFile(join(cwd, name), text);
    }
    const deno = join(cwd, "deno");
    await symlink(runtime.path, deno);
    await test(cwd, deno);
  } finally {
    await rm(cwd, { recursive: true, force: true });
  }
}

async function portOf(started: Started): Promise<number> {
  return Number((await started.printed(/port (\d+)/))[1]);
}

/** Asks for all paths, and then has the server end. */
async function use(started: Started): Promise<void> {
  const port = await portOf(started);
  await askAll(port, paths, 8);
  await ask(port, "/end").catch(() => {});
}

function checkProfiled(run: Run): void {
  assert.deepEqual([run.code, run.signal], [0, null], run.stderr);
  checkRequests(run);
}

function checkRequests(run: Run): void {
  checkLaws(run);
  assert.equal(run.index.filter(({ path }) => paths.includes(path)).length, paths.length, run.stderr);
  assertOwnWork(run, paths);
}

function checkTold(run: Run, why: RegExp): void {
  assert.deepEqual([run.code, run.signal], [0, null], run.stderr);
  assert.equal(run.index.length, 0);
  assert.match(run.stderr, why);
}

/** Projects whose server is profiled: files, and the words behind `deno`. */
const projects: Record<string, { files: Record<string, string>; args: readonly string[] }> = {
  "deno -A server.ts": {
    files: { "deno.json": "{}", "server.ts": handler(work) + run },
    args: ["-A", "server.ts"],
  },
  "deno run, with imports in deno.json": {
    files: { "deno.json": JSON.stringify({ imports: { "#work": work } }), "server.ts": handler() + run },
    args: ["run", "-A", "server.ts"],
  },
  "deno run --import-map": {
    files: { "map.json": JSON.stringify({ imports: { "#work": work } }), "server.ts": handler() + run },
    args: ["run", "-A", "--import-map", "map.json", "server.ts"],
  },
  "deno serve, with imports in deno.json": {
    files: {
      "deno.json": JSON.stringify({ imports: { "#work": work } }),
      "src/server.ts": handler() + served,
    },
    args: ["serve", "-A", ...address, "src/server.ts"],
  },
  ...Object.fromEntries(
    (["run", "serve"] as const).map((subcommand) => [`deno ${subcommand}, in a workspace`, {
      files: {
        "deno.json": JSON.stringify({ workspace: ["./api", "./lib"] }),
        "api/deno.json": "{}",
        "api/server.ts": handler("@shop/lib") + (subcommand === "run" ? run : served),
        "lib/deno.json": JSON.stringify({ name: "@shop/lib", version: "1.0.0", exports: "./mod.ts" }),
        "lib/mod.ts": `export { default } from ${JSON.stringify(work)};\n`,
      },
      args: [subcommand, "-A", ...(subcommand === "serve" ? address : []), "api/server.ts"],
    }]),
  ),
  "deno run --no-prompt": {
    files: { "deno.json": "{}", "server.ts": handler(work) + run },
    args: ["run", "--no-prompt", "--allow-net", `--allow-read=${dirname(appPath("work.cjs"))}`, "server.ts"],
  },
  "deno run -P, a set with what it takes": {
    files: {
      "deno.json": JSON.stringify({
        permissions: { default: { net: true, env: true, read: true, write: true, sys: true } },
      }),
      "server.ts": handler(work) + run,
    },
    args: ["run", "-P", "server.ts"],
  },
};

function registerProjects(runtime: Runtime): void {
  for (const [name, { files, args }] of Object.entries(projects)) {
    profiles(way(name), runtime, async () => {
      await inProject(files, runtime, async (cwd, deno) => {
        checkProfiled(await profiled([deno, ...args], use, { cwd }));
      });
    });
  }

  profiles(way("deno run --allow-net, a comma in TMPDIR"), runtime, async () => {
    const files = { "deno.json": "{}", "server.ts": handler(work) + run, "a,b/x": "" };
    await inProject(files, runtime, async (cwd, deno) => {
      const permissions = ["--allow-net", `--allow-read=${dirname(appPath("work.cjs"))}`];
      const env = { TMPDIR: join(cwd, "a,b") };
      checkProfiled(await profiled([deno, "run", ...permissions, "server.ts"], use, { cwd, env }));
    });
  });

  tells(way("deno run -P, a set without"), runtime, async () => {
    const files = {
      "deno.json": JSON.stringify({ permissions: { default: { net: true, read: true } } }),
      "server.ts": handler(work) + run,
    };
    await inProject(files, runtime, async (cwd, deno) => {
      checkTold(
        await profiled([deno, "run", "-P", "server.ts"], use, { cwd }),
        /permission set that -P names/,
      );
    });
  });

  profiles(way("deno run npm:…"), runtime, async () => {
    const project = join(import.meta.dirname!, "..", "..");
    const port = await freePort();
    const command = [runtime.path, "run", "-A", "npm:sirv-cli@3.0.1", "docs", "--port", `${port}`];
    const run = await profiled([...command, "--host", "127.0.0.1"], async (started) => {
      await started.printed(/http:\/\/127\.0\.0\.1:\d+/);
      const answers = await askAll(port, Array.from({ length: 8 }, () => "/compatibility.md"), 4);
      const text = await readFile(join(project, "docs", "compatibility.md"), "utf8");
      for (const { body } of answers) assert.equal(body, text);
      started.kill("SIGTERM");
    }, { cwd: project });
    checkLaws(run);
    assert.deepEqual(run.index.map(({ path }) => path), Array(8).fill("/compatibility.md"));
  });
}

function registerWatched(runtime: Runtime): void {
  const { version } = runtime;
  for (const subcommand of ["run", "serve"] as const) {
    const file = "server.ts";
    const text = handler(work) + (subcommand === "run" ? run : served);
    const words = [subcommand, "--watch", "-A", ...(subcommand === "serve" ? address : []), file];
    const outlivesExit = Number(version.split(".")[1]) >= 9;
    const isProfiled = subcommand === "serve" || outlivesExit;
    (isProfiled ? profiles : tells)(way(`deno ${subcommand} --watch`), runtime, async () => {
      await inProject({ "deno.json": "{}", [file]: text }, runtime, async (cwd, deno) => {
        const run = await profiled([deno, ...words], async (started) => {
          await askAll(await portOf(started), paths.slice(0, 12), 4);
          if (isProfiled) await started.printed(/(?:"GET [^]*?){12}/, "stderr");
          await writeFile(join(cwd, file), text.replace("generation 1", "generation 2"));
          const port = Number((await started.printed(/port \d+[^]*port (\d+)/))[1]);
          const answers = await askAll(port, paths.slice(12), 4);
          for (const { body } of answers) assert.equal(body, "generation 2");
          if (isProfiled) await started.printed(/(?:"GET [^]*?){24}/, "stderr");
          await ask(port, "/end").catch(() => {});
          // From 2.9 on the watcher outlives `Deno.exit`, and with `deno serve` SIGTERM.
          if (outlivesExit) started.kill(subcommand === "run" ? "SIGTERM" : "SIGINT");
        }, { cwd });
        if (isProfiled) checkRequests(run);
        else assert.match(run.stderr, /lets no profiler into "deno run --watch"/);
      });
    });
  }
}

async function freePort(): Promise<number> {
  const listener = Deno.listen({ port: 0, hostname: "127.0.0.1" });
  const { port } = listener.addr as Deno.NetAddr;
  listener.close();
  return await Promise.resolve(port);
}

const denos = (await runtimes()).filter(({ kind }) => kind === "deno");
for (const runtime of denos) {
  registerProjects(runtime);
  registerWatched(runtime);
}

/** The newest that cannot be profiled. */
const old = { kind: "deno", version: "2.4.4" } as const;
const oldPath = denos.length > 1 ? await fetchRuntime(old) : undefined;
if (oldPath !== undefined) {
  const runtime: Runtime = { ...old, path: oldPath };
  tells(way("deno -A server.ts"), runtime, async () => {
    const { files, args } = projects["deno -A server.ts"]!;
    await inProject(files, runtime, async (cwd, deno) => {
      checkTold(
        await profiled([deno, ...args], use, { cwd }),
        /Deno 2\.4\.4 cannot be profiled: 2\.5 and newer can/,
      );
    });
  });
} else if (denos.length > 1) {
  console.error(`Deno ${old.version} is not tested: no package is known for ${platform}`);
}
