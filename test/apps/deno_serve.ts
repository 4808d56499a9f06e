/**
 * A server of `Deno.serve` for the tests: `/slow/:id`, `/fast/:id`, `/fail`, and more. The first argument says in which form
 * `Deno.serve` is called. Prints its port.
 */
import work from "./work.cjs";

type Handler = (request: Request, info: Deno.ServeHandlerInfo) => Response | Promise<Response>;

const sleep = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

function streamWork(): string {
  const until = performance.now() + 5;
  let x = 1;
  while (performance.now() < until) x = (x * 16807) % 2147483647;
  return `${x % 10}`;
}

function streamed(parts = 4): Response {
  let left = parts;
  return new Response(
    new ReadableStream({
      async pull(controller) {
        await sleep(5);
        controller.enqueue(new TextEncoder().encode(streamWork()));
        if (--left === 0) controller.close();
      },
    }),
  );
}

let release = () => {};

const handler: Handler = async (request) => {
  const { pathname } = new URL(request.url);
  if (pathname === "/fail") return new Response("failed", { status: 500 });
  if (pathname === "/throw") throw new Error("thrown on purpose");
  if (pathname === "/stream") return streamed();
  if (pathname === "/body") return new Response(await request.text());
  if (pathname === "/drip") return streamed(1000);
  if (pathname === "/end") setTimeout(() => Deno.exit(0));
  if (pathname === "/hang") {
    console.log("hanging");
    await new Promise<void>((resolve) => release = resolve);
    return new Response("too late");
  }
  if (pathname === "/release") {
    release();
    return new Response("released");
  }
  const own = await work.handle(pathname);
  return new Response(`done ${pathname}`, { headers: { "x-own": String(own) } });
};

const onListen = ({ port }: { port: number }) => console.log(`port ${port}`);
const onError = () => new Response("sorry", { status: 503 });
const address = { port: 0, hostname: "127.0.0.1" };

const pem = (name: string) => Deno.readTextFileSync(new URL(`tls/${name}.pem`, import.meta.url));

function start(form = Deno.args[0]): Deno.HttpServer {
  switch (form) {
    case "handler inside":
      return Deno.serve({ ...address, onListen, handler });
    case "onError":
      return Deno.serve({ ...address, onListen, onError }, handler);
    case "unix":
      return Deno.serve({ path: Deno.args[1]!, onListen: () => console.log("port 0") }, handler);
    case "tls":
      return Deno.serve({ ...address, onListen, cert: pem("cert"), key: pem("key") }, handler);
    default:
      return Deno.serve({ ...address, onListen }, handler);
  }
}

const server = start();
Deno.addSignalListener("SIGTERM", async () => {
  await server.shutdown();
  Deno.exit(0);
});
