/** The servers of the cost benchmark under Deno: `deno run -A deno.ts <kind>`. */
const same = async (value: number) => value;

const kinds: Record<string, Deno.ServeHandler> = {
  hello: () => new Response("hello"),
  /** 20 awaits and a timer. */
  async awaits() {
    let sum = 0;
    for (let i = 0; i < 20; i++) sum += await same(i);
    await new Promise((resolve) => setTimeout(resolve, 1));
    return new Response(String(sum));
  },
};

Deno.serve({
  port: 0,
  hostname: "127.0.0.1",
  onListen: ({ port }) => console.log(`port ${port} pid ${Deno.pid} up ${performance.now()}`),
}, kinds[Deno.args[0]!]!);
Deno.addSignalListener("SIGTERM", () => Deno.exit());
