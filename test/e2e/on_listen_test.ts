/** `--on-listen`: the command runs when the server listens, then the server is stopped. */
import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { appPath, forms, profiled, type Run, Started } from "../support/profiled.ts";
import { runtimes } from "../support/runtimes.ts";

const windows = process.platform === "win32";
const asks = (...paths: string[]) => ["node", appPath("asks.cjs"), ...paths].map((it) => `'${it}'`).join(" ");

function run(command: readonly string[], onListen: string): Promise<Run> {
  return profiled(command, async () => {}, { options: ["--on-listen", onListen] });
}

for (const { kind, version, path } of await runtimes()) {
  const servers = kind === "node"
    ? [[path, appPath("endings.cjs")]]
    : [[path, "run", "-A", appPath("endings.cjs")], [path, "run", "-A", appPath("deno_plain.ts")]];
  for (const server of servers) {
    Deno.test(
      `--on-listen knows the port of ${server.at(-1)!.split("/").at(-1)} on ${kind} ${version}, and stops it`,
      { ignore: windows },
      async () => {
        const { code, stdout, index } = await run(server, `echo "told $PORT"; ${asks("/a", "/b")}`);
        assert.equal(code, 0);
        const [, listened] = /^port (\d+)/m.exec(stdout)!;
        assert.match(stdout, new RegExp(`^told ${listened}$`, "m"));
        assert.match(stdout, /^\/a: \w+\n\/b: \w+$/m);
        assert.deepEqual(index.map((it) => it.path), ["/a", "/b"]);
      },
    );
  }
}

for (const { kind, version, path } of await runtimes()) {
  for (const where of ["path", "abstract"]) {
    // Deno opens no abstract sockets, and before 2.7 its node:http listens on a port where a path is asked for.
    if (kind === "deno" && (where === "abstract" || version.startsWith("2.5."))) continue;
    Deno.test(
      `--on-listen knows the socket (${where}) of a server on ${kind} ${version}`,
      { ignore: windows || where === "abstract" && process.platform !== "linux" },
      async () => {
        const directory = await mkdtemp(join(tmpdir(), "on-listen-"));
        try {
          const socket = where === "path" ? join(directory, "a.sock") : `@${directory}`;
          const server = [path, ...(kind === "deno" ? ["run", "-A"] : []), appPath("on_socket.cjs"), socket];
          // The same Node: older ones fill the names of abstract sockets up.
          const client = kind === "node" ? path : "node";
          const ask = `'${client}' '${appPath("on_socket.cjs")}' ask "$SOCKET"`;
          const { code, stdout, stderr, index } = await run(server, `echo "told $SOCKET $PORT"; ${ask}`);
          assert.equal(code, 0, stderr);
          assert.match(stdout, new RegExp(`^told ${socket} $`, "m"));
          assert.match(stdout, /^hello$/m);
          assert.deepEqual(index.map((it) => it.path), ["/on/socket"]);
          assert.ok(!stderr.includes("No server listened"), stderr);
        } finally {
          await rm(directory, { recursive: true, force: true });
        }
      },
    );
  }
}

const server = (mode = "default") => ["node", appPath("endings.cjs"), mode];

/** A server, the command, the exit code, and what is said. */
const table: [about: string, server: string[], onListen: string, code: number, said?: RegExp][] = [
  ["a command that fails", server(), "exit 7", 7],
  ["a server that crashes first", server(), asks("/throw"), 1],
  ["a server that ends well first", server(), `${asks("/close")}; exit 4`, 4],
  ["a server whose own handler gives a code at the stop", server("handles"), asks("/"), 5],
  ["a server below a shell", ["sh", "-c", '"$@"; exit $?', "sh", ...server()], asks("/"), 0],
  [
    "a server that never listens",
    ["node", "-e", "0"],
    "echo never",
    1,
    /^profsrv: No server listened, so --on-listen "echo never" was not run$/m,
  ],
  [
    "a server that fails before",
    ["node", "-e", "process.exit(6)"],
    "echo never",
    6,
    /^profsrv: No server listened/m,
  ],
];

for (const [about, command, onListen, code, said] of table) {
  Deno.test(`--on-listen and ${about}: code ${code}`, { ignore: windows }, async () => {
    const ended = await run(command, onListen);
    assert.deepEqual([ended.code, ended.signal], [code, null], ended.stderr);
    assert.ok(!ended.stdout.includes("never"));
    if (said !== undefined) assert.match(ended.stderr, said);
  });
}

for (const whom of ["profsrv alone", "the whole process group"] as const) {
  Deno.test(
    `SIGINT to ${whom} ends the server and the command of --on-listen`,
    { ignore: windows },
    async () => {
      const directory = await mkdtemp(join(tmpdir(), "on-listen-"));
      try {
        const waits = `${asks("/")}; exec node -e 'console.log("waits"); setInterval(() => {}, 1000)'`;
        const options = ["--prof-path", directory, "--on-listen", waits];
        // A process group of its own, as a shell makes one for each job.
        const started = new Started(["setsid", ...forms.executable, ...options, "--", ...server()]);
        await started.printed(/^waits$/m);
        process.kill(whom === "profsrv alone" ? started.child.pid! : -started.child.pid!, "SIGINT");
        // Its output is at an end when all three are.
        const { code, signal } = await started.ended;
        assert.deepEqual([code, signal], [null, "SIGINT"]);
      } finally {
        await rm(directory, { recursive: true, force: true });
      }
    },
  );
}
