// Servers of Deno's, of which the one that the argument names answers: each prints its name and port.
import { Application, Router } from "@oakserver/oak";
import { Hono } from "hono";
import { burnPrimes } from "../projects/burn.ts";

const thing = (): string => `${burnPrimes({ ms: 25 })} things`;
const fail = (): never => {
  burnPrimes({ ms: 25 });
  throw new Error("failing");
};
const [name = ""] = Deno.args;
const listening = (port: number) => console.log(`${name} ${port}\nall listen`);
const serve = (handler: (request: Request) => Response | Promise<Response>) =>
  void Deno.serve(
    { port: 0, hostname: "127.0.0.1", onListen: ({ port }) => listening(port), onError: () => failed() },
    handler,
  );
const failed = () => new Response("failed", { status: 500 });

if (name === "plain") serve(({ url }) => new Response(url.endsWith("/failing") ? fail() : thing()));

if (name === "hono") {
  const app = new Hono();
  for (const path of ["/things/:name", "/things/:name/parts/:part"]) app.get(path, (it) => it.text(thing()));
  app.get("/things/:name/failing", fail);
  app.onError(failed);
  serve((request) => app.fetch(request));
}

if (name === "oak") {
  const router = new Router();
  for (const path of ["/things/:name", "/things/:name/parts/:part"]) {
    router.get(path, (context) => void (context.response.body = thing()));
  }
  router.get("/things/:name/failing", fail);
  const app = new Application({ logErrors: false });
  app.use(router.routes());
  // Of a port that the system chooses Oak says only 0.
  const probe = Deno.listen({ port: 0, hostname: "127.0.0.1" });
  const { port } = probe.addr as Deno.NetAddr;
  probe.close();
  const listened = app.listen({ port, hostname: "127.0.0.1" });
  for (let open = false; !open;) {
    open = await Deno.connect({ port, hostname: "127.0.0.1" }).then((it) => (it.close(), true), () => false);
  }
  listening(port);
  await listened;
}
