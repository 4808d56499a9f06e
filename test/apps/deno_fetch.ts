/** For `deno serve`: what it serves is the default export; it finds its import by the configuration beside it. */
import work from "./work.cjs";

export default {
  async fetch(request: Request): Promise<Response> {
    const { pathname } = new URL(request.url);
    const own = await work.handle(pathname);
    return new Response(`done ${pathname}`, { headers: { "x-own": String(own) } });
  },
  onListen({ port }: { port: number }) {
    console.log(`port ${port}`);
  },
};

Deno.addSignalListener("SIGTERM", () => Deno.exit(0));
