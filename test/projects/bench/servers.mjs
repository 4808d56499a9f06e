// The servers of the cost benchmark: `node servers.mjs <kind>`.
import { createServer } from "node:http";

const items = Array.from({ length: 400 }, (_, id) => ({ id, name: `item ${id}`, price: (id * 37) % 101 }));

/** What a list route does: choose, sort, show a page of it. */
function page(query) {
  const found = items.filter(({ name }) => name.includes(query));
  found.sort((a, b) => a.price - b.price || a.id - b.id);
  return found.slice(0, 50).map((item) => ({ ...item, label: `${item.name} (${item.price})` }));
}

const kinds = {
  hello: () => createServer((_request, response) => response.end("hello")),
  async express() {
    const { default: express } = await import("express");
    const app = express();
    app.get("/", (_request, response) => response.json(page("1")));
    return createServer(app);
  },
  async fastify() {
    const { default: Fastify } = await import("fastify");
    let server;
    const app = Fastify({ serverFactory: (handler) => (server = createServer(handler)) });
    app.get("/", async () => page("1"));
    await app.ready();
    return server;
  },
  /** 20 awaits and a timer. */
  awaits() {
    const same = async (value) => value;
    return createServer(async (_request, response) => {
      let sum = 0;
      for (let i = 0; i < 20; i++) sum += await same(i);
      await new Promise((resolve) => setTimeout(resolve, 1));
      response.end(String(sum));
    });
  },
  /** A query whose 5,000 fields are promises. */
  async graphql() {
    const { buildSchema, graphql } = await import("graphql");
    const schema = buildSchema(
      "type Row { a: Int, b: Int, c: Int, d: Int, e: Int } type Query { rows: [Row] }",
    );
    const field = async () => 1;
    const row = { a: field, b: field, c: field, d: field, e: field };
    const rootValue = { rows: Array.from({ length: 1000 }, () => row) };
    return createServer(async (_request, response) => {
      const answer = await graphql({ schema, rootValue, source: "{ rows { a b c d e } }" });
      response.setHeader("content-type", "application/json");
      response.end(JSON.stringify(answer));
    });
  },
  /** 3,850 promises and next to no work: all that happens is what a profiler must follow. */
  promises() {
    const field = async (value) => value;
    const row = async (i) => Promise.all([field(i), field("name"), field(true), field(null)]);
    return createServer(async (_request, response) => {
      const rows = await Promise.all(Array.from({ length: 550 }, (_, i) => row(i)));
      response.end(JSON.stringify(rows));
    });
  },
  /** 30,000 functions loaded, as in a large application, and how long its event loop stood still at most. */
  async large() {
    const { monitorEventLoopDelay } = await import("node:perf_hooks");
    const text = Array.from({ length: 30_000 }, (_, i) => `function f${i}(a) { return a + ${i}; } f${i}(1);`);
    new Function(text.join("\n"))();
    const delay = monitorEventLoopDelay({ resolution: 1 });
    delay.enable();
    return createServer((request, response) => {
      const { max } = delay;
      if (request.url === "/longest") delay.reset();
      setTimeout(
        () => response.end(request.url === "/longest" ? String(max / 1e6) : JSON.stringify(page("1"))),
        1,
      );
    });
  },
};

const server = await kinds[process.argv[2]]();
server.listen(0, "127.0.0.1", () => {
  console.log(`port ${server.address().port} pid ${process.pid} up ${performance.now()}`);
});
process.on("SIGTERM", () => {
  server.close(() => process.exit());
  server.closeAllConnections();
});
