/** What a client may do within HTTP, and how the index tells of it. */
import assert from "node:assert/strict";
import { once } from "node:events";
import http2 from "node:http2";
import { profiles } from "../support/compatibility.ts";
import { checkLaws } from "../support/laws.ts";
import { appPath, ask, profiled } from "../support/profiled.ts";
import { head, RawClient } from "../support/raw_client.ts";
import { runtimes } from "../support/runtimes.ts";

interface Case {
  readonly about: string;
  readonly does: (port: number) => Promise<void>;
  /** Method, target, status, bytes and outcome of the entries that it makes, sorted. */
  readonly told: readonly string[];
}

/** Says something on a connection of its own, and waits for what is the last of the answers. */
async function exchange(port: number, text: string, last: RegExp): Promise<void> {
  const client = new RawClient(port);
  client.say(text);
  await client.hears(last);
  client.socket.end();
  await client.closed;
}

const close = "Connection: close";
const body = (length: number) => "x".repeat(length);

const http1: readonly Case[] = [
  {
    about: "requests one after another on a connection",
    async does(port) {
      const client = new RawClient(port);
      for (
        const [path, end] of [["/chunks", /\r\n0\r\n\r\n$/], ["/text", /6789$/], [
          "/declared?2",
          /9HTTP[^]*6789$/,
        ]]
      ) {
        client.say(head(`GET ${path}`));
        await client.hears(end as RegExp);
      }
      client.socket.end();
      await client.closed;
    },
    told: ["GET /chunks 200 10 finished", "GET /declared?2 200 10 finished", "GET /text 200 10 finished"],
  },
  {
    about: "pipelined requests, the first of which is the slowest",
    does: (port) =>
      exchange(
        port,
        ["/slow?p", "/slowchunks?p", "/text?p", "/chunks?p", "/empty?p", "/declared?p"].map((it) =>
          head(`GET ${it}`)
        )
          .join(""),
        /204 No Content[^]*0123456789$/,
      ),
    told: [
      "GET /chunks?p 200 10 finished",
      "GET /declared?p 200 10 finished",
      "GET /empty?p 204 0 finished",
      "GET /slow?p 200 10 finished",
      "GET /slowchunks?p 200 10 finished",
      "GET /text?p 200 10 finished",
    ],
  },
  {
    about: "pipelined requests whose client gives up",
    async does(port) {
      const client = new RawClient(port);
      client.say(head("GET /open?q") + head("GET /text?q"));
      await client.hears(/begun/);
      client.socket.destroy();
      await client.closed;
    },
    told: ["GET /open?q 200 6 aborted", "GET /text?q 0 0 aborted"],
  },
  {
    about: "HTTP/1.0",
    does: (port) => exchange(port, "GET /text?1.0 HTTP/1.0\r\n\r\n", /6789$/),
    told: ["GET /text?1.0 200 10 finished"],
  },
  {
    about: "HEAD and answers without a body",
    async does(port) {
      for (const path of ["/text?head", "/declared?head", "/chunks?head"]) {
        await ask(port, path, { method: "HEAD" });
      }
      await ask(port, "/unchanged");
    },
    told: [
      "GET /unchanged 304 0 finished",
      "HEAD /chunks?head 200 0 finished",
      "HEAD /declared?head 200 0 finished",
      "HEAD /text?head 200 0 finished",
    ],
  },
  {
    about: "Expect: 100-continue, granted and not, and another expectation",
    async does(port) {
      const client = new RawClient(port);
      client.say(head("POST /sum?expect", "Expect: 100-continue", "Content-Length: 5"));
      await client.hears(/^HTTP\/1.1 100 Continue\r\n\r\n$/);
      client.say("12345");
      await client.hears(/5 bytes {}/);
      client.say(head("POST /unwanted", "Expect: 100-continue", "Content-Length: 5", close));
      await client.hears(/HTTP\/1.1 413/);
      await client.closed;
      await exchange(port, head("GET /text?odd", "Expect: the-unexpected", close), /what/);
    },
    told: [
      "GET /text?odd 417 4 finished",
      "POST /sum?expect 200 10 finished",
      "POST /unwanted 413 0 finished",
    ],
  },
  {
    about: "early hints and other 1xx before the answer",
    does: (port) =>
      exchange(port, head("GET /hints", close), /^HTTP\/1.1 103[^]* 102 [^]* 200 OK[^]*0123456789/),
    told: ["GET /hints 200 10 finished"],
  },
  {
    about: "trailers, both ways",
    async does(port) {
      await exchange(port, head("GET /trailers", close), /x-sum: 10\r\n\r\n$/i);
      const sent = head("POST /sum?trailers", "Transfer-Encoding: chunked", "Trailer: x-end") +
        "5\r\n12345\r\n0\r\nx-end: here\r\n\r\n";
      await exchange(port, sent, /5 bytes {"x-end":"here"}/);
    },
    told: ["GET /trailers 200 10 finished", "POST /sum?trailers 200 24 finished"],
  },
  {
    about: "a body that is answered before it has come",
    async does(port) {
      const client = new RawClient(port);
      client.say(head("POST /early", "Content-Length: 100000"));
      await client.hears(/not interested$/);
      client.say(body(100_000));
      client.say(head("GET /text?afterwards", close));
      await client.hears(/0123456789$/);
      await client.closed;
    },
    told: ["GET /text?afterwards 200 10 finished", "POST /early 200 14 finished"],
  },
  {
    about: "server-sent events, ended by either side",
    async does(port) {
      await exchange(port, head("GET /events?3", close), /data: end/);
      await exchange(port, head("GET /events?on"), /(data: x[^]*){3}/);
    },
    told: ["GET /events?3 200 N finished", "GET /events?on 200 N aborted"],
  },
  {
    about: "what is no HTTP is no request",
    does: (port) => exchange(port, "this is not HTTP\r\n\r\n", /^HTTP\/1.1 400/),
    told: [],
  },
  {
    about: "an upgrade that the server does not listen for",
    does: (port) =>
      exchange(port, head("GET /text?upgrade", "Upgrade: h2c", "Connection: Upgrade, close"), /0123456789/),
    told: ["GET /text?upgrade 200 10 finished"],
  },
];

async function withSession(
  port: number,
  use: (session: http2.ClientHttp2Session) => Promise<void>,
): Promise<void> {
  const session = http2.connect(`http://localhost:${port}`);
  try {
    await use(session);
  } finally {
    session.close();
  }
}

/** Sends a request and reads the answer to its end. */
async function read(
  session: http2.ClientHttp2Session,
  headers: http2.OutgoingHttpHeaders,
  sent = "",
): Promise<void> {
  const stream = session.request(headers, { endStream: false });
  stream.end(sent);
  stream.resume();
  await once(stream, "close");
}

const secondVersion: readonly Case[] = [
  {
    about: "streams at once, the first of which is the slowest",
    does: (port) =>
      withSession(port, async (session) => {
        const paths = ["/slow", "/slowchunks", "/text", "/chunks", "/empty", "/declared"];
        await Promise.all(paths.map((path) => read(session, { ":path": path })));
      }),
    told: [
      "GET /chunks 200 10 finished",
      "GET /declared 200 10 finished",
      "GET /empty 204 0 finished",
      "GET /slow 200 10 finished",
      "GET /slowchunks 200 10 finished",
      "GET /text 200 10 finished",
    ],
  },
  {
    about: "HEAD, a body, trailers and early hints",
    does: (port) =>
      withSession(port, async (session) => {
        await read(session, { ":path": "/text?head", ":method": "HEAD" });
        await read(session, { ":path": "/sum", ":method": "POST" }, body(100_000));
        await read(session, { ":path": "/trailers" });
        await read(session, { ":path": "/hints" });
      }),
    told: [
      "GET /hints 200 10 finished",
      "GET /trailers 200 10 finished",
      "HEAD /text?head 200 0 finished",
      "POST /sum 200 15 finished",
    ],
  },
  {
    about: "a stream that its client cancels",
    does: (port) =>
      withSession(port, async (session) => {
        const stream = session.request({ ":path": "/events?on" });
        stream.on("error", () => {});
        stream.once("data", () => stream.close(http2.constants.NGHTTP2_CANCEL));
        await once(stream, "close");
      }),
    told: ["GET /events?on 200 N aborted"],
  },
];

const protocols = [{ name: "HTTP/1.1: pipelining, 1xx, trailers, …", argument: "1", cases: http1 }, {
  name: "HTTP/2: streams, trailers, cancels, …",
  argument: "2",
  cases: secondVersion,
}];

/** The first answer of a stream that goes on. */
async function openStream(argument: string, port: number): Promise<void> {
  if (argument === "1") {
    const client = new RawClient(port);
    client.say(head("GET /open"));
    await client.hears(/begun/);
    await ask(port, "/exit");
    return await client.closed;
  }
  await withSession(port, async (session) => {
    const stream = session.request({ ":path": "/open" });
    stream.on("error", () => {});
    session.on("error", () => {});
    await once(stream, "data");
    await read(session, { ":path": "/exit" });
  });
}

/** Events come as they come, and of the framing of several chunks some bytes remain. */
function sizeOf(url: string, bytes: number): string {
  if (url.startsWith("/events") && bytes > 0) return "N";
  return url.includes("chunks") && bytes >= 10 && bytes < 20 ? "10" : String(bytes);
}

for (const runtime of await runtimes()) {
  if (runtime.kind !== "node") continue;
  for (const { name, argument, cases } of protocols) {
    profiles({ group: "Protocols", name }, runtime, async () => {
      const run = await profiled([runtime.path, appPath("protocols.cjs"), argument], async (started) => {
        const port = Number((await started.printed(/port (\d+)/))[1]);
        for (const { does } of cases) await does(port);
        await openStream(argument, port);
      });
      assert.equal(run.code, 0, run.stderr);
      checkLaws(run);
      const left = run.index.map(({ method, url, status, bytes, outcome }) =>
        `${method} ${url} ${status} ${sizeOf(url, bytes)} ${outcome}`
      );
      for (const { about, told } of cases) {
        for (const line of told) {
          const at = left.indexOf(line);
          assert.ok(at >= 0, `${about}: no "${line}" among\n${left.join("\n")}`);
          left.splice(at, 1);
        }
      }
      assert.deepEqual(left.sort(), ["GET /exit 200 7 finished", "GET /open 200 6 unfinished"]);
    });
  }
}
