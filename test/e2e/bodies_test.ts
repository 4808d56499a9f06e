/** How much of an answer went out, and whether that was all: of any size, with TLS and without. */
import assert from "node:assert/strict";
import { once } from "node:events";
import http from "node:http";
import http2 from "node:http2";
import https from "node:https";
import { join } from "node:path";
import { certificate } from "../support/http2_client.ts";
import { checkLaws } from "../support/laws.ts";
import { appPath, profiled } from "../support/profiled.ts";
import { installedProject } from "../support/projects.ts";
import { head, RawClient } from "../support/raw_client.ts";
import { missing, runtimes } from "../support/runtimes.ts";

const LARGE = 3_000_000;
const sizes = [0, 10, 4096, 16_385, 70_000, LARGE];

/** Every way to answer in `test/apps/bodies.cjs`; the client is gone when it has what must come. */
const answers = [
  ...["declared", "single", "piped"].flatMap((way) =>
    sizes.map((size) => ({ way, size, outcome: "finished" }))
  ),
  ...sizes.slice(1).map((size) => ({ way: "whole", size, outcome: "finished" })),
  ...sizes.slice(1).map((size) => ({ way: "part", size, outcome: "aborted" })),
] as const;

type Protocol = "http" | "https" | "http2";

/** Reads so many bytes of an answer, and to the end where the server ends it; then the client is gone. */
function take(protocol: Protocol, port: number, { way, size }: typeof answers[number]): Promise<void> {
  const path = `/${way}?${size}`;
  const isEnded = way !== "whole" && way !== "part";
  const wanted = way === "part" ? size - 1 : size;
  return protocol === "http2" ? takeStream() : takeAnswer();

  async function read(body: NodeJS.ReadableStream): Promise<void> {
    let got = 0;
    await new Promise<void>((resolve, reject) => {
      body.on("data", (data) => {
        got += data.length;
        if (!isEnded && got === wanted) resolve();
      }).on("end", resolve).on("error", reject);
      if (!isEnded && wanted === 0) resolve();
    });
    assert.equal(got, wanted, path);
  }

  async function takeAnswer(): Promise<void> {
    const { request } = protocol === "https" ? https : http;
    const sent = request({
      host: "127.0.0.1",
      port,
      path,
      agent: false,
      ca: certificate,
      servername: "localhost",
    });
    sent.end();
    const [response] = await once(sent, "response");
    await read(response);
    sent.on("error", () => {}).destroy();
  }

  async function takeStream(): Promise<void> {
    const session = http2.connect(`https://localhost:${port}`, { ca: certificate });
    const stream = session.request({ ":path": path });
    await read(stream);
    session.on("error", () => {}).destroy();
  }
}

for (const { kind, version, path } of await runtimes()) {
  if (kind !== "node") continue;
  for (const protocol of ["http", "https", "http2"] as const) {
    Deno.test(`sizes and outcomes of bodies are told over ${protocol} on node ${version}`, async () => {
      const run = await profiled([path, appPath("bodies.cjs"), protocol], async (started) => {
        const port = Number((await started.printed(/port (\d+)/))[1]);
        for (const answer of answers) {
          await take(protocol, port, answer);
        }
        started.kill("SIGTERM");
      }, { options: ["--quiet", "--max-files", "1"] });
      checkLaws(run);
      assert.deepEqual(
        run.index.map(({ url, status, bytes, outcome }) => `${url} ${status} ${bytes} ${outcome}`).sort(),
        answers.map(({ way, size, outcome }) => {
          // On HTTP/2 an answer is whole when a flag says that its stream has ended, whatever was declared.
          const told = way === "whole" && protocol === "http2" ? "aborted" : outcome;
          return `/${way}?${size} 200 ${way === "part" ? size - 1 : size} ${told}`;
        }).sort(),
      );
    });
  }
}

const beside = await installedProject("beside");
if (beside === undefined) {
  missing("Hono's answers on node:http", "test/projects/beside is not installed: MATRIX=all does that");
}
for (const { kind, version, path } of beside === undefined ? [] : await runtimes()) {
  // What its adapter supports.
  if (kind !== "node" || Number.parseInt(version) < 20) continue;
  Deno.test(`Hono's answers are finished when their declared bodies are out, on node ${version}`, async () => {
    const paths = [...sizes.slice(1), LARGE].flatMap((size) => [`/text/${size}`, `/stream/${size}`]);
    const run = await profiled([path, join(beside!, "hono.mjs")], async (started) => {
      const port = Number((await started.printed(/port (\d+)/))[1]);
      for (const path of paths) {
        const client = new RawClient(port);
        client.say(head(`GET ${path}`));
        let got = 0;
        const size = Number(path.split("/")[2]);
        client.socket.on("data", () => {
          const end = client.heard.indexOf("\r\n\r\n");
          if (end >= 0) got = client.heard.length - end - 4;
          if (got === size) client.socket.destroy();
        });
        await client.closed;
        assert.equal(got, size);
      }
      started.kill("SIGTERM");
    }, { options: ["--quiet", "--max-files", "1"] });
    checkLaws(run);
    assert.deepEqual(
      run.index.map(({ url, status, bytes, outcome }) => `${url} ${status} ${bytes} ${outcome}`).sort(),
      paths.map((path) => `${path} 200 ${path.split("/")[2]} finished`).sort(),
    );
  });
}
