// Servers of Deno.serve and node:http that tell whether their requests overlap. Prints their ports.
import http from "node:http";
import net, { type AddressInfo } from "node:net";

const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
const nothing = () => ({ most: 0, begun: [] as number[] });
let active = 0;
let state = nothing();
const ports: Record<string, number> = {};

async function textOf(conn: Deno.Conn, path: string): Promise<string> {
  await conn.write(new TextEncoder().encode(`GET ${path} HTTP/1.0\r\nHost: any\r\n\r\n`));
  return (await new Response(conn.readable).text()).split("\r\n\r\n")[1]!;
}

/** A path is asked for in the way that `by` names. */
function askSelf(by: string, port: number, path: string): Promise<string> {
  const url = `http://127.0.0.1:${port}${path}`;
  switch (by) {
    case "conn":
      return Deno.connect({ port, hostname: "127.0.0.1" }).then((it) => textOf(it, path));
    case "path":
      return Deno.connect({ transport: "unix", path: socketPath }).then((it) => textOf(it, path));
    case "http":
      return new Promise((resolve, reject) =>
        http.get(url, (response) => {
          let text = "";
          response.on("data", (data) => text += data).on("end", () => resolve(text));
        }).on("error", reject)
      );
    case "socket":
      return new Promise((resolve, reject) => {
        let text = "";
        const socket = net.connect(
          port,
          "127.0.0.1",
          () => socket.write(`GET ${path} HTTP/1.0\r\nHost: any\r\n\r\n`),
        );
        socket.on("data", (data) => text += data).on("error", reject)
          .on("close", () => resolve(text.split("\r\n\r\n")[1]!));
      });
    case "websocket":
      return new Promise((resolve) => {
        const socket = new WebSocket(url.replace("http", "ws"));
        socket.onmessage = ({ data }) => {
          resolve(data);
          socket.close();
        };
      });
    default:
      return fetch(url).then((it) => it.text());
  }
}

async function answerTo(path: string): Promise<string> {
  const { pathname, searchParams } = new URL(path, "http://x");
  const n = searchParams.get("n");
  if (pathname === "/state") return JSON.stringify({ active, ...state });
  if (pathname === "/forget") return JSON.stringify(state = nothing());
  if (pathname === "/inner") return `inner ${n} beside ${active}`;
  active++;
  state.most = Math.max(state.most, active);
  state.begun.push(Number(n));
  try {
    if (pathname === "/outer") {
      return await askSelf(searchParams.get("by")!, ports[searchParams.get("to")!]!, `/inner?n=${n}`);
    }
    await sleep(Number(searchParams.get("ms") ?? 1));
    await null;
    await sleep(0);
    return `done ${n}`;
  } finally {
    active--;
  }
}

function serve(request: Request): Response | Promise<Response> {
  const { pathname, search } = new URL(request.url);
  if (pathname === "/inner" && request.headers.get("upgrade") !== null) {
    const { socket, response } = Deno.upgradeWebSocket(request);
    const text = answerTo(pathname + search);
    socket.onopen = async () => socket.send(await text);
    return response;
  }
  if (pathname === "/events") {
    const body = new ReadableStream({
      start: (it) => it.enqueue(new TextEncoder().encode("data: hello\n\n")),
    });
    return new Response(body, { headers: { "content-type": "text/event-stream" } });
  }
  if (pathname === "/chat") {
    const { socket, response } = Deno.upgradeWebSocket(request);
    socket.onmessage = ({ data }) => socket.send(data);
    return response;
  }
  if (pathname === "/fails") throw new Error("of the handler's own");
  return answerTo(pathname + search).then((it) => new Response(it));
}

const onError = (error: unknown) => new Response((error as Error).message, { status: 500 });
const served = Deno.serve({ port: 0, hostname: "127.0.0.1", onError, onListen() {} }, serve);
const socketPath = `${Deno.env.get("TMPDIR") ?? "/tmp"}/serial-${Deno.pid}.socket`;
Deno.serve({ path: socketPath, onListen() {} }, serve);
ports.serve = (served.addr as Deno.NetAddr).port;
const server = http.createServer(async (request, response) => response.end(await answerTo(request.url!)));
server.listen(0, "127.0.0.1", () => {
  ports.node = (server.address() as AddressInfo).port;
  console.log(`ports ${JSON.stringify(ports)}`);
});
process.once("SIGTERM", () => {
  Deno.removeSync(socketPath);
  Deno.exit(0);
});
