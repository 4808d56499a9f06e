/** Oak. From npm it takes the server of `node:http`; `native` has it take `Deno.serve`, as from JSR. Prints its port. */
import { Application, Router } from "@oakserver/oak";
import work from "./work.cjs";

const router = new Router();
for (const path of ["/slow/:id", "/fast/:id"]) {
  router.get(path, async (context) => {
    const { pathname } = context.request.url;
    context.response.headers.set("x-own", String(await work.handle(pathname)));
    context.response.body = `done ${pathname}`;
  });
}
router.get("/fail", (context) => {
  context.response.status = 500;
  context.response.body = "failed";
});

const nativeRequest = "../../node_modules/@oakserver/oak/esm/http_server_native_request.js";
const { NativeRequest } = await import(nativeRequest);

/** What Oak from JSR listens with, as far as it is needed here; the one in the package cannot see `Deno.serve`. */
class NativeServer {
  static readonly type = "native";
  #requests: ReadableStream | undefined;

  readonly options: { port: number; hostname: string };

  constructor(_app: unknown, options: { port: number; hostname: string }) {
    this.options = options;
  }

  listen(): Promise<{ addr: Deno.NetAddr }> {
    return new Promise((resolve) => {
      this.#requests = new ReadableStream({
        start: (controller) => {
          Deno.serve({ ...this.options, onListen: (addr) => resolve({ addr }) }, async (request, info) => {
            const native = new NativeRequest(request, info);
            controller.enqueue(native);
            const response = await native.response;
            return new Response(await response.text(), {
              status: response.status,
              headers: [...response.headers],
            });
          });
        },
      });
    });
  }

  close(): void {}

  [Symbol.asyncIterator](): AsyncIterator<unknown> {
    return this.#requests![Symbol.asyncIterator]();
  }
}

// deno-lint-ignore no-explicit-any
const app = new Application(Deno.args[0] === "native" ? { serverConstructor: NativeServer as any } : {});
app.use(router.routes());
Deno.addSignalListener("SIGTERM", () => Deno.exit(0));

// Of a port that the system chooses Oak says only 0.
const probe = Deno.listen({ port: 0, hostname: "127.0.0.1" });
const { port } = probe.addr as Deno.NetAddr;
probe.close();
app.addEventListener("listen", async () => {
  // On node:http this event comes before the port is open.
  for (let open = false; !open;) {
    open = await Deno.connect({ port, hostname: "127.0.0.1" }).then((it) => {
      it.close();
      return true;
    }, () => false);
  }
  console.log(`port ${port}`);
});
await app.listen({ port, hostname: "127.0.0.1" });
