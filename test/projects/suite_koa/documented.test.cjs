// What the documentation of Koa shows, in its own words: its package carries no tests. https://koajs.com
const assert = require("node:assert/strict");
const http = require("node:http");
const { Readable } = require("node:stream");
const { test } = require("node:test");
const Koa = require("koa");

/** Serves `app` for one test; `ask` sends it a request. */
async function withServer(app, use) {
  app.silent = true;
  const server = app.listen(0, "127.0.0.1");
  await new Promise((resolve) => server.on("listening", resolve));
  const ask = (path = "/", options = {}) =>
    new Promise((resolve, reject) => {
      const request = http.request({
        port: server.address().port,
        host: "127.0.0.1",
        path,
        agent: false,
        ...options,
      });
      request.on("error", reject).on("response", (response) => {
        let body = "";
        response.setEncoding("utf8").on("data", (text) => body += text);
        response.on("end", () => resolve({ status: response.statusCode, headers: response.headers, body }));
      }).end(options.body);
    });
  try {
    await use(ask, server);
  } finally {
    server.close();
  }
}

function example(name, build, check) {
  test(name, async () => {
    const app = new Koa();
    build(app);
    await withServer(app, check);
  });
}

example("hello world", (app) => app.use((ctx) => ctx.body = "Hello World"), async (ask) => {
  const { status, body, headers } = await ask();
  assert.deepEqual([status, body, headers["content-type"]], [
    200,
    "Hello World",
    "text/plain; charset=utf-8",
  ]);
});

const order = [];
example("cascading", (app) => {
  app.use(async (ctx, next) => {
    await next();
    order.push(`${ctx.method} ${ctx.url} - ${ctx.response.get("X-Response-Time")}`);
  });
  app.use(async (ctx, next) => {
    const start = Date.now();
    await next();
    ctx.set("X-Response-Time", `${Date.now() - start}ms`);
  });
  app.use(async (ctx) => ctx.body = "Hello World");
}, async (ask) => {
  const { headers } = await ask("/cascade");
  assert.match(headers["x-response-time"], /^\d+ms$/);
  assert.match(order[0], /^GET \/cascade - \d+ms$/);
});

example("common functions as middleware", (app) => {
  app.use((ctx, next) => next().then(() => ctx.body += "!"));
  app.use((ctx) => ctx.body = "common");
}, async (ask) => assert.equal((await ask()).body, "common!"));

example("app.context", (app) => {
  app.context.db = () => "database";
  app.use((ctx) => ctx.body = ctx.db());
}, async (ask) => assert.equal((await ask()).body, "database"));

example("error handling", (app) => {
  app.use(async (ctx, next) => {
    try {
      await next();
    } catch (error) {
      ctx.status = error.statusCode || error.status || 500;
      ctx.body = { message: error.message };
    }
  });
  app.use((ctx) => ctx.throw(400, "name required", { user: "x" }));
}, async (ask) => {
  const { status, body } = await ask();
  assert.deepEqual([status, body], [400, `{"message":"name required"}`]);
});

const emitted = [];
example("the error event", (app) => {
  app.on("error", (error, ctx) => emitted.push(`${error.message} ${ctx.path}`));
  app.use(() => {
    throw new Error("boom");
  });
}, async (ask) => {
  const { status, body } = await ask("/boom");
  assert.deepEqual([status, body, emitted], [500, "Internal Server Error", ["boom /boom"]]);
});

example("ctx.assert and content negotiation", (app) => {
  app.use((ctx) => {
    ctx.assert(ctx.request.accepts("xml"), 406);
    ctx.type = "xml";
    ctx.body = "<xml/>";
  });
}, async (ask) => {
  assert.equal((await ask("/", { headers: { accept: "application/json" } })).status, 406);
  assert.equal(
    (await ask("/", { headers: { accept: "application/xml" } })).headers["content-type"],
    "application/xml",
  );
});

example("streams, buffers, objects and nothing as a body", (app) => {
  app.use((ctx) => {
    if (ctx.path === "/stream") ctx.body = Readable.from(["a", "b", "c"], { objectMode: false });
    else if (ctx.path === "/buffer") ctx.body = Buffer.from("bytes");
    else if (ctx.path === "/object") ctx.body = { a: 1 };
    else ctx.body = null;
  });
}, async (ask) => {
  const bodies = [];
  for (const path of ["/stream", "/buffer", "/object", "/null"]) {
    const { status, body } = await ask(path);
    bodies.push(`${status} ${body}`);
  }
  assert.deepEqual(bodies, ["200 abc", "200 bytes", `200 {"a":1}`, "204 "]);
});

example("cookies, signed", (app) => {
  app.keys = ["im a newer secret", "i like turtle"];
  app.use((ctx) => {
    ctx.cookies.set("name", "tobi", { signed: true });
    ctx.body = ctx.cookies.get("name", { signed: true }) ?? "none";
  });
}, async (ask) => {
  const first = await ask();
  assert.equal(first.body, "none");
  const cookie = first.headers["set-cookie"].map((it) => it.split(";")[0]).join("; ");
  assert.equal((await ask("/", { headers: { cookie } })).body, "tobi");
  assert.equal((await ask("/", { headers: { cookie: cookie.replace("tobi", "loki") } })).body, "none");
});

example("redirects, status texts and attachments", (app) => {
  app.use((ctx) => {
    if (ctx.path === "/away") return ctx.redirect("/cart");
    if (ctx.path === "/moved") return (ctx.status = 301, ctx.redirect("/cart"));
    ctx.attachment("a file.txt");
    ctx.status = 201;
  });
}, async (ask) => {
  assert.deepEqual([(await ask("/away")).status, (await ask("/moved")).status], [302, 301]);
  const { status, body, headers } = await ask("/file");
  assert.deepEqual([status, body, headers["content-disposition"]], [
    201,
    "Created",
    `attachment; filename="a file.txt"`,
  ]);
});

example("freshness and HEAD", (app) => {
  app.use((ctx) => {
    ctx.status = 200;
    ctx.body = "body";
    ctx.set("ETag", "123");
    if (ctx.fresh) ctx.status = 304;
  });
}, async (ask) => {
  assert.equal((await ask("/", { headers: { "if-none-match": "123" } })).status, 304);
  const { status, body, headers } = await ask("/", { method: "HEAD" });
  assert.deepEqual([status, body, headers["content-length"]], [200, "", "4"]);
});

example("bypassing Koa's response", (app) => {
  app.use((ctx) => {
    ctx.respond = false;
    ctx.res.statusCode = 202;
    ctx.res.end("raw");
  });
}, async (ask) => assert.deepEqual((await ask()).body, "raw"));

test("app.callback() on a server of one's own, and app.currentContext", async () => {
  const app = new Koa({ asyncLocalStorage: true });
  const later = async () => {
    await new Promise((resolve) => setTimeout(resolve, 5));
    return app.currentContext.path;
  };
  app.use(async (ctx) => ctx.body = await later());
  const server = http.createServer(app.callback());
  app.listen = (...args) => server.listen(...args);
  await withServer(app, async (ask) => {
    const bodies = await Promise.all(["/a", "/b", "/c"].map(async (path) => (await ask(path)).body));
    assert.deepEqual(bodies, ["/a", "/b", "/c"]);
  });
});

example(
  "404 without middleware, and where a body is not set",
  (app) => app.use((_ctx, next) => next()),
  async (ask) => {
    const { status, body } = await ask("/nowhere");
    assert.deepEqual([status, body], [404, "Not Found"]);
  },
);
