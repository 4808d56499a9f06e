// Servers of Deno.serve and node:http that tell whether their requests overlap. Prints their ports.
import http from "node:http";
import type { AddressInfo } from "node:net";

const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
const nothing = () => ({ most: 0, begun: [] as number[] });
let active = 0;
let state = nothing();
const ports: Record<string, number> = {};

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
      return await (await fetch(`http://127.0.0.1:${ports[searchParams.get("to")!]}/inner?n=${n}`)).text();
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
ports.serve = (served.addr as Deno.NetAddr).port;
const server = http.createServer(async (request, response) => response.end(await answerTo(request.url!)));
server.listen(0, "127.0.0.1", () => {
  ports.node = (server.address() as AddressInfo).port;
  console.log(`ports ${JSON.stringify(ports)}`);
});
process.once("SIGTERM", () => Deno.exit(0));
