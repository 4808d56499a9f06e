/** A server started in odd surroundings starts, answers, prints and ends as it does alone, and its requests are listed. */
import assert from "node:assert/strict";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { ask, type Ended, forms, Started } from "../support/profiled.ts";
import { runtimes } from "../support/runtimes.ts";
import { until } from "../support/until.ts";

const windows = process.platform === "win32";
const isRoot = process.getuid?.() === 0 && process.platform === "linux";

/** Each is the text of a shell that starts `"$@"`. */
const SURROUNDINGS: Readonly<Record<string, string>> = {
  "stdin closed": 'exec "$@" <&-',
  "stdout closed": 'exec "$@" >&-',
  "all streams closed": 'exec "$@" <&- >&- 2>&-',
  "24 open files at most": 'ulimit -n 24; exec "$@"',
  "nohup": 'exec nohup "$@"',
  "no HOME": 'unset HOME; exec "$@"',
  "SIGHUP and SIGINT ignored": 'trap "" HUP INT; exec "$@"',
  ...(isRoot
    ? {
      "a working directory that is read-only":
        'exec unshare -m sh -c \'mount --bind "$PWD" "$PWD" && mount -o remount,ro,bind "$PWD" && cd "$PWD" && exec "$@"\' sh "$@"',
    }
    : {}),
};

/** A server at the port that is its word: what is printed need not be seen. */
const SERVER = `
const server = require("http").createServer((request, response) => response.end("ok"));
server.listen(+process.argv[2], "127.0.0.1", () => console.log("listens"));
`;

/** A port that nobody has. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}

interface Place {
  readonly cwd: string;
  readonly out: string;
}

async function inPlace(use: (place: Place) => Promise<void>): Promise<void> {
  const root = await mkdtemp(join(tmpdir(), "surroundings-"));
  const place = { cwd: join(root, "cwd"), out: join(root, "out") };
  try {
    await mkdir(place.cwd);
    await writeFile(join(place.cwd, "server.cjs"), SERVER);
    await use(place);
  } finally {
    await rm(root, { recursive: true, force: true });
  }
}

async function urlsOf({ out }: Place): Promise<string[]> {
  const text = await readFile(join(out, "index.ndjson"), "utf8");
  return text.trim().split("\n").map((line) => JSON.parse(line).url);
}

const under = ({ out }: Place) => [...forms.executable, "--quiet", "--prof-path", out, "--"];

for (const { kind, version, path } of await runtimes()) {
  if (kind !== "node") continue;
  for (const [about, shell] of Object.entries(SURROUNDINGS)) {
    Deno.test(
      `${about}: a server is as alone on node ${version}`,
      { ignore: windows },
      () =>
        inPlace(async (place) => {
          const port = await freePort();
          const run = async (wrapper: readonly string[]): Promise<Ended & { status: number }> => {
            const command = ["sh", "-c", shell, "sh", ...wrapper, path, "server.cjs", `${port}`];
            const started = new Started(command, { cwd: place.cwd });
            const answered = () => ask(port, "/x").then(({ status }) => status, () => undefined);
            const status = await until(answered, () => `no answer: ${started.stderr}`);
            started.kill("SIGTERM");
            return { ...await started.ended, status };
          };
          const alone = await run([]);
          assert.deepEqual(await run(under(place)), alone);
          assert.deepEqual(await urlsOf(place), ["/x"]);
        }),
    );
  }
}
