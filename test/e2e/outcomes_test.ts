/** Requests that end otherwise than with a whole answer. */
import assert from "node:assert/strict";
import { once } from "node:events";
import http from "node:http";
import net from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { checkLaws } from "../support/laws.ts";
import { appPath, ask, profiled } from "../support/profiled.ts";
import { head, RawClient } from "../support/raw_client.ts";
import { runtimes } from "../support/runtimes.ts";

/** Asks for something that never ends and gives up when the first bytes are there, or when the server has the request. */
async function giveUp(port: number, path: string): Promise<void> {
  const socket = net.connect(port, "127.0.0.1");
  socket.write(`GET ${path} HTTP/1.1\r\nHost: x\r\n\r\n`);
  if (path.startsWith("/hang")) await once(socket, "data");
  else await ask(port, "/after");
  socket.destroy();
}

/** Sizes of a chunk before and after which its own length takes another digit, and others. */
const SINGLE = [1, 15, 16, 17, 254, 255, 256, 4095, 4096, 65_535, 65_536, 70_000];

/** Waits for the header and, where it is small, the body, and is gone. */
async function leave(port: number, path: string): Promise<void> {
  const client = new RawClient(port);
  client.say(head(`GET ${path}`));
  const size = Math.min(Number(path.split("?")[1]), 5000) - 1;
  await client.hears(new RegExp(`\\r\\n\\r\\n[^]{${size}}`));
  client.socket.destroy();
  await client.closed;
}

/** Three requests at once on one connection. */
async function pipeline(port: number): Promise<void> {
  const socket = net.connect(port, "127.0.0.1");
  const one = (path: string, close: boolean) =>
    `GET ${path} HTTP/1.1\r\nHost: x\r\n${close ? "Connection: close\r\n" : ""}\r\n`;
  socket.write(one("/p1", false) + one("/p2", false) + one("/p3", true));
  socket.resume();
  await once(socket, "close");
}

const median = (values: number[]) => values.toSorted((a, b) => a - b)[values.length >> 1]!;

for (const { kind, version, path } of await runtimes()) {
  Deno.test(`a request ends when its response is out, on ${kind} ${version}`, async () => {
    const command = [path, ...(kind === "deno" ? ["run", "-A"] : []), appPath("http_esm.mjs")];
    const seen: number[] = [];
    const agent = new http.Agent({ keepAlive: true });
    const run = await profiled(command, async (started) => {
      const port = Number((await started.printed(/port (\d+)/))[1]);
      const one = async (path: string) => {
        const since = performance.now();
        await ask(port, path, { agent });
        seen.push(performance.now() - since);
      };
      for (let i = 0; i < 4; i++) {
        await Promise.all(Array.from({ length: 8 }, (_, k) => one(`/fast/${i}${k}`)));
        // What looks after requests now and then, or the next one on the connection, comes long after the end.
        await sleep(150);
      }
      agent.destroy();
      started.kill("SIGTERM");
    });
    const told = median(run.index.map(({ duration }) => duration));
    assert.ok(told <= median(seen), `${told} ms were told, the client waited for ${median(seen)}`);
  });

  if (kind !== "node") continue;
  Deno.test(`each request's outcome, status and size are told on node ${version}`, async () => {
    const run = await profiled([path, appPath("outcomes.cjs")], async (started) => {
      const port = Number((await started.printed(/port (\d+)/))[1]);
      await giveUp(port, "/hang?1");
      await giveUp(port, "/silent?1");
      await ask(port, "/destroy").catch(() => {});
      await ask(port, "/cut").catch(() => {});
      for (const path of ["/whole?10", "/whole?4096", "/part?4096", "/whole?30000000"]) {
        await leave(port, path);
      }
      for (const size of SINGLE) await ask(port, `/single?${size}`);
      await ask(port, "/single?254", { headers: { te: "trailers" } });
      await ask(port, "/chunk");
      await ask(port, "/empty");
      await ask(port, "/head", { method: "HEAD" });
      await pipeline(port);
      const open = http.get({ port, host: "127.0.0.1", path: "/hang?open" });
      open.on("error", () => {});
      await once(open, "response");
      await ask(port, "/exit");
    });
    assert.equal(run.code, 0);
    checkLaws(run);
    const told = run.index.map(({ method, url, status, bytes, outcome }) =>
      `${method} ${url} ${status} ${url.endsWith("?30000000") ? "some" : bytes} ${outcome}`
    );
    assert.deepEqual(
      told.sort(),
      [
        "GET /after 200 10 finished",
        "GET /chunk 200 10 finished",
        "GET /cut 200 6 aborted",
        "GET /destroy 200 6 error",
        "GET /empty 204 0 finished",
        "GET /exit 200 7 finished",
        "GET /hang?1 200 6 aborted",
        "GET /hang?open 200 6 unfinished",
        "GET /p1 200 10 finished",
        "GET /p2 200 10 finished",
        "GET /p3 200 10 finished",
        "GET /part?4096 200 4095 aborted",
        "GET /silent?1 0 0 aborted",
        ...SINGLE.map((size) => `GET /single?${size} 200 ${size} finished`),
        "GET /single?254 200 254 finished",
        "GET /whole?10 200 10 finished",
        "GET /whole?30000000 200 some aborted",
        "GET /whole?4096 200 4096 finished",
        "HEAD /head 200 0 finished",
      ].sort(),
    );
  });
}
