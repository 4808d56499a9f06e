// A server of each framework that is asked for by name, all in this process: each prints its name and port.
import http from "node:http";
import { createRequire } from "node:module";
import process from "node:process";

// Made of the TypeScript beside it.
import { burnPrimes } from "./burn.mjs";

const require = createRequire(import.meta.url);
const thing = () => {
  burnPrimes({ ms: 25 });
  return "thing";
};
const fail = () => {
  burnPrimes({ ms: 25 });
  throw new Error("failing");
};

/** Listens with a handler of node:http. */
function listen(handler) {
  return new Promise((resolve) => {
    const server = http.createServer(handler).listen(0, "127.0.0.1", () => resolve(server.address().port));
  });
}

/** A controller of Nest, without the syntax of decorators. */
async function nest(adapter) {
  await import("reflect-metadata");
  const { Controller, Get, Module } = await import("@nestjs/common");
  const { NestFactory } = await import("@nestjs/core");
  class Things {
    one() {
      return thing();
    }
    part() {
      return thing();
    }
    failing() {
      fail();
    }
  }
  const decorate = (name, decorator) =>
    decorator(Things.prototype, name, Object.getOwnPropertyDescriptor(Things.prototype, name));
  decorate("one", Get(":name"));
  decorate("part", Get(":name/parts/:part"));
  decorate("failing", Get(":name/failing"));
  Controller("things")(Things);
  class Shop {}
  Module({ controllers: [Things] })(Shop);
  const app = await NestFactory.create(Shop, adapter, { logger: false });
  await app.listen(0, "127.0.0.1");
  return app.getHttpServer().address().port;
}

/** Of Feathers, by their paths. */
const services = [
  ["things", { get: (id) => id === "failing" ? fail() : thing(), find: thing }],
  ["things/:thing/parts", { get: thing }],
];

const servers = {
  async fastify() {
    const app = (await import("fastify")).default();
    await app.register(async (things) => {
      things.get("/:name", async () => thing());
      things.get("/:name/parts/:part", async () => thing());
      things.get("/:name/failing", async () => fail());
    }, { prefix: "/things" });
    // Requests that do not come as far as their handlers.
    await app.register(async (hooked) => {
      const count = { type: "integer" };
      hooked.addHook("onRequest", async ({ query }, reply) => query.denied && reply.code(401).send(thing()));
      hooked.addHook("preHandler", async ({ query }, reply) => query.cached && reply.send(thing()));
      hooked.setErrorHandler(async (_error, _request, reply) => reply.code(400).send(thing()));
      hooked.get("/:name", { schema: { querystring: { type: "object", properties: { count } } } }, async () => thing());
    }, { prefix: "/hooked/:shop" });
    await app.listen({ port: 0, host: "127.0.0.1" });
    return app.server.address().port;
  },
  async nestFastify() {
    const { FastifyAdapter } = await import("@nestjs/platform-fastify");
    return nest(new FastifyAdapter());
  },
  async nestExpress() {
    const { ExpressAdapter } = await import("@nestjs/platform-express");
    return nest(new ExpressAdapter());
  },
  async koa() {
    const { default: Koa } = await import("koa");
    const { default: Router } = await import("@koa/router");
    const router = new Router();
    for (const path of ["/things/:name", "/things/:name/parts/:part"]) {
      router.get(path, (context) => context.body = thing());
    }
    router.get("/things/:name/failing", fail);
    const users = new Router({ prefix: "/users/:user" });
    users.get("/", (context) => context.body = thing());
    users.get("/posts/:post", (context) => context.body = thing());
    users.get("/left/:it", (context, next) => {
      context.body = thing();
      return next();
    });
    router.use("/orgs/:org", (_context, next) => next(), users.routes(), users.allowedMethods());
    const guarded = new Router();
    guarded.use((context, next) => context.query.denied ? context.body = thing() : next());
    guarded.get("/guarded/:name", (context) => context.body = thing());
    router.get(/^\/(?:red|green)$/, (context) => context.body = thing());
    router.get(["/one/:name", "/two/:name"], (context) => context.body = thing());
    router.get("/files/*rest", (context) => context.body = thing());
    const last = new Router();
    last.get("/{*rest}", (context) => context.body = thing());
    const app = new Koa();
    app.silent = true;
    return listen(app.use(router.routes()).use(router.allowedMethods()).use(guarded.routes()).use(last.routes()).callback());
  },
  async hapi() {
    const { default: hapi } = await import("@hapi/hapi");
    const server = hapi.server({ port: 0, host: "127.0.0.1", debug: false });
    server.route({ method: "GET", path: "/things/{name}", handler: thing });
    server.route({ method: "GET", path: "/things/{name}/parts/{part}", handler: thing });
    server.route({ method: "GET", path: "/things/{name}/failing", handler: fail });
    await server.register({
      name: "users",
      register: (users) => users.route({ method: "GET", path: "/users/{user}/posts/{post?}", handler: thing }),
    }, { routes: { prefix: "/orgs/{org}" } });
    server.route({ method: "GET", path: "/files/{rest*}", handler: thing });
    server.route({ method: "GET", path: "/inner/{name}", handler: async () => (await server.inject("/things/x")).result });
    await server.start();
    return server.info.port;
  },
  async hono() {
    const { Hono } = await import("hono");
    const { serve } = await import("@hono/node-server");
    const app = new Hono();
    app.get("/things/:name", (context) => context.text(thing()));
    app.get("/things/:name/parts/:part", (context) => context.text(thing()));
    app.get("/things/:name/failing", fail);
    app.onError((_error, context) => context.text("failed", 500));
    return new Promise((resolve) => {
      serve({ fetch: app.fetch, port: 0, hostname: "127.0.0.1" }, ({ port }) => resolve(port));
    });
  },
  async h3() {
    const { createApp, createRouter, defineEventHandler, toNodeListener } = await import("h3-1");
    const router = createRouter();
    router.get("/things/:name", defineEventHandler(thing));
    router.get("/things/:name/parts/:part", defineEventHandler(thing));
    router.get("/things/:name/failing", defineEventHandler(fail));
    return listen(toNodeListener(createApp({ onError: (error) => void (error.unhandled = false) }).use(router)));
  },
  async h3Traced() {
    const { H3, toNodeHandler } = await import("h3");
    const { tracingPlugin } = await import("h3/tracing");
    const app = new H3({ plugins: [tracingPlugin()], silent: true });
    app.get("/things/:name", thing);
    app.get("/things/:name/parts/:part", thing);
    app.get("/things/:name/failing", fail);
    return listen(toNodeHandler(app));
  },
  async polka() {
    const { default: polka } = await import("polka");
    const app = polka()
      .get("/things/:name", (_request, response) => response.end(thing()))
      .get("/things/:name/parts/:part", (_request, response) => response.end(thing()))
      .get("/things/:name/failing", (_request, response) => response.writeHead(500).end(thing()));
    return new Promise((resolve) => app.listen(0, "127.0.0.1", () => resolve(app.server.address().port)));
  },
  async findMyWay() {
    const { default: findMyWay } = await import("find-my-way");
    const router = findMyWay();
    router.on("GET", "/things/:name", (_request, response) => response.end(thing()));
    router.on("GET", "/things/:name/parts/:part", (_request, response) => response.end(thing()));
    router.on("GET", "/things/:name/failing", (_request, response) => response.writeHead(500).end(thing()));
    return listen((request, response) => router.lookup(request, response));
  },
  restify() {
    const restify = require("restify");
    const server = restify.createServer();
    const answer = (_request, response, next) => (response.send(thing()), next());
    server.get("/things/:name", answer);
    server.get("/things/:name/parts/:part", answer);
    server.get("/things/:name/failing", (_request, _response, next) => next(new Error(thing())));
    return new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve(server.address().port)));
  },
  /** As its command `node ace serve` would start it. */
  async adonis() {
    const { ServerFactory } = await import("@adonisjs/http-server/factories");
    const { AppFactory } = await import("@adonisjs/application/factories");
    const app = new AppFactory().create(new URL("./", import.meta.url));
    await app.init();
    const server = new ServerFactory().merge({ app }).create();
    server.use([]);
    const router = server.getRouter();
    router.group(() => {
      router.get("/:name", thing);
      router.get("/:name/parts/:part", thing);
      router.get("/:name/failing", fail);
    }).prefix("/things");
    router.get("/files/*", thing);
    await server.boot();
    return listen(server.handle.bind(server));
  },
  async feathersExpress() {
    const { feathers } = require("@feathersjs/feathers");
    const { default: express, errorHandler, json, rest } = require("@feathersjs/express");
    const app = express(feathers()).use(json()).configure(rest());
    for (const [path, service] of services) app.use(path, service);
    return listen(app.use(errorHandler({ logger: false })));
  },
  async feathersKoa() {
    const { feathers } = require("@feathersjs/feathers");
    const { bodyParser, errorHandler, koa, rest } = require("@feathersjs/koa");
    const app = koa(feathers()).use(errorHandler()).use(bodyParser()).configure(rest());
    app.silent = true;
    for (const [path, service] of services) app.use(path, service);
    return listen(app.callback());
  },
  async tinyhttp() {
    const { App } = await import("@tinyhttp/app");
    const app = new App()
      .get("/things/:name", (_request, response) => response.send(thing()))
      .get("/things/:name/parts/:part", (_request, response) => response.send(thing()))
      .get("/things/:name/failing", fail);
    app.onError = (_error, _request, response) => response.writeHead(500).end();
    return new Promise((resolve) => {
      const server = app.listen(0, () => resolve(server.address().port), "127.0.0.1");
    });
  },
  async apollo() {
    const { ApolloServer } = await import("@apollo/server");
    const { startStandaloneServer } = await import("@apollo/server/standalone");
    const typeDefs = "type Query { thing: String, failing: String! }";
    const server = new ApolloServer({ typeDefs, resolvers: { Query: { thing, failing: fail } } });
    const { url } = await startStandaloneServer(server, { listen: { port: 0, host: "127.0.0.1" } });
    return Number(new URL(url).port);
  },
  async trpc() {
    const { initTRPC } = await import("@trpc/server");
    const { createHTTPHandler } = await import("@trpc/server/adapters/standalone");
    const t = initTRPC.create();
    const procedure = t.procedure;
    const router = t.router({
      things: t.router({
        byName: procedure.query(thing),
        part: procedure.query(thing),
        failing: procedure.query(fail),
      }),
    });
    return listen(createHTTPHandler({ router, basePath: "/trpc/" }));
  },
  async yoga() {
    const { createSchema, createYoga } = await import("graphql-yoga");
    const schema = createSchema({
      typeDefs: "type Query { thing: String, failing: String }",
      resolvers: { Query: { thing, failing: fail } },
    });
    return listen(createYoga({ schema, logging: false }));
  },
  /** Its own server is up to the application: here it reads the body. */
  async graphql17() {
    const { buildSchema, graphql } = await import("graphql-17");
    const schema = buildSchema("type Query { thing: String } type Mutation { failing: String }");
    return listen(async (request, response) => {
      let body = "";
      for await (const text of request) body += text;
      const { query, operationName } = JSON.parse(body);
      const answer = await graphql({ schema, source: query, operationName, rootValue: { thing, failing: fail } });
      response.writeHead(answer.errors ? 500 : 200).end(JSON.stringify(answer));
    });
  },
  /** Calls itself, for it takes a client of gRPC. */
  async grpc() {
    const { default: grpc } = await import("@grpc/grpc-js");
    const asIs = (bytes) => bytes;
    const method = (path) => ({
      path,
      requestStream: false,
      responseStream: false,
      requestSerialize: asIs,
      requestDeserialize: asIs,
      responseSerialize: asIs,
      responseDeserialize: asIs,
    });
    const methods = {
      one: method("/shop.v1.ThingsAPI2/GetOneX"),
      part: method("/shop.v1.ThingsAPI2/GetPart"),
      failing: method("/shop.v1.ThingsAPI2/Failing"),
    };
    const server = new grpc.Server();
    server.addService(methods, {
      one: (_call, done) => done(null, Buffer.from(thing())),
      part: (_call, done) => done(null, Buffer.from(thing())),
      failing: (_call, done) => done({ code: grpc.status.INTERNAL, details: thing() }),
    });
    const credentials = grpc.ServerCredentials.createInsecure();
    const port = await new Promise((resolve) => server.bindAsync("127.0.0.1:0", credentials, (_, it) => resolve(it)));
    const Client = grpc.makeGenericClientConstructor(methods, "shop.v1.ThingsAPI2");
    const client = new Client(`127.0.0.1:${port}`, grpc.credentials.createInsecure());
    return listen((request, response) => {
      const name = request.url.endsWith("/failing") ? "failing" : request.url.includes("/parts/") ? "part" : "one";
      client[name](Buffer.from("x"), (error) => response.writeHead(error ? 500 : 200).end());
    });
  },
  /** What its build makes is written by hand here. */
  async reactRouter() {
    const { default: express } = await import("express");
    const { createRequestHandler } = await import("react-router");
    const { toNodeHandler } = await import("h3/node");
    const answer = () => new Response(thing());
    const routes = {
      root: { id: "root", path: "", module: { default: () => null } },
      thing: { id: "thing", parentId: "root", path: "things/:name", module: { loader: answer } },
      part: { id: "part", parentId: "root", path: "things/:name/parts/:part", module: { loader: answer } },
      failing: { id: "failing", parentId: "root", path: "things/:name/failing", module: { loader: fail } },
    };
    const entry = { module: { default: () => new Response("page"), handleError() {} } };
    const assets = { entry: { imports: [], module: "" }, routes: {}, url: "", version: "" };
    const routeDiscovery = { mode: "initial" };
    const build = { entry, routes, assets, routeDiscovery, publicPath: "/", assetsBuildDirectory: "", future: {}, ssr: true, isSpaMode: false, prerender: [] };
    const app = express();
    app.all("/{*splat}", toNodeHandler({ fetch: createRequestHandler(build, "production") }));
    return listen(app);
  },
};

for (const name of process.argv.slice(2)) console.log(`${name} ${await servers[name]()}`);
console.log("all listen");
