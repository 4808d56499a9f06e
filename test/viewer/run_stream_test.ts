/** What browsers are told of a run as it changes. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, get, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { Answers } from "../../src/viewer/answers.ts";
import { RunStream } from "../../src/viewer/run_stream.ts";

Deno.test("nothing piles up for a browser that does not read; the others are told, and it is when it reads again", async () => {
  const about = "x".repeat(1024 * 1024);
  const answers = {
    version: 0,
    run: { read: () => Promise.resolve(void answers.version++) },
    runNow: () => ({ about, version: answers.version }),
  };
  const stream = new RunStream(answers as unknown as Answers, assert.ifError);
  const responses: ServerResponse[] = [];
  const server = createServer((_, response) => {
    responses.push(response);
    stream.add(response);
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const open = async (): Promise<IncomingMessage> => {
    const [answer] = await once(get({ host: "127.0.0.1", port, agent: false }), "response");
    return answer;
  };
  try {
    const sleeper = await open();
    const reader = await open();
    const told = (count: number, by: IncomingMessage): Promise<void> =>
      new Promise((resolve) => {
        by.on("data", (text) => {
          if (String(text).includes("data: ") && --count === 0) resolve();
        });
      });
    // More than the system's buffers of the connection hold.
    await told(20, reader);
    const [asleep] = responses;
    assert.ok(asleep!.writableLength < 4 * about.length, `${asleep!.writableLength} bytes are kept`);
    let last = "";
    const isNew = new Promise<void>((resolve) =>
      sleeper.setEncoding("utf8").on("data", (text: string) => {
        last = (last + text).slice(-2 * about.length);
        const versions = [...last.matchAll(/"version":(\d+)/g)];
        if (Number(versions.at(-1)?.[1] ?? 0) > 20) resolve();
      })
    );
    await isNew;
  } finally {
    await stream.end();
    server.close();
    server.closeAllConnections();
  }
});
