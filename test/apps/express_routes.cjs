// Routers of Express in all the ways that they are put together. Arguments: where Express is, its major version, and a module with `burnPrimes`.
const express = require(process.argv[2]);
const splat = process.argv[3] === "4" ? "*" : "*splat";

const app = express();
const ok = (request, response) => response.send(request.originalUrl);
const later = (_request, _response, next) => setTimeout(next, 5);
const router = (set, options) => {
  const made = express.Router(options);
  set(made);
  return made;
};

// Node 18 cannot require a module.
const burning = import(require("node:url").pathToFileURL(process.argv[4]).href);
const burn = async (_request, _response, next) => {
  (await burning).burnPrimes({ ms: 25 });
  next();
};
app.get("/burning/:id", burn, ok);
app.get("/burning/:id/parts/:part", burn, ok);
app.get("/burning/:id/failing", burn, (_request, _response, next) => next(new Error("failing")));
app.use((request, _response, next) => {
  request.url = request.url.replace(/^\/old\//, "/plain/");
  next();
});
app.all(`/guarded/${splat}`, later);
app.get("/plain/:id", ok);
app.get(["/first/:one", ["/second/:two"]], ok);
app.get(["/mixed/:one", /^\/matched\/(\w+)$/], ok);
app.get(/^\/commits\/(\w+)$/, ok);
app.get("/next/:id", (_request, _response, next) => next("route"));
app.get("/next/:name", ok);
app.get("/late/:id", later);
app.get("/guarded/things/:thing", ok);
app.get("/guarded/failing/:thing", () => {
  throw new Error("failing");
});

// One without mergeParams, in another one.
app.use(
  "/orgs/:org",
  router((orgs) =>
    orgs.use(
      "/users/:user",
      later,
      router((users) => {
        users.get("/", ok);
        users.get("/posts/:post", ok);
        users.get("/failing/:post", later, (_request, _response, next) => next(new Error("failing")));
        users.get("/rendered/:post", later);
      }),
    )
  ),
);

const twice = router((it) =>
  it.get("/items/:item", (request, _response, next) => next(request.query.error && new Error("failing")))
);
app.use("/v1", twice);
app.use("/v2", twice);
app.use(["/left", "/right/:side"], twice);
app.use("/release-:release", router((it) => it.get("/notes", ok)));

const tenant = express();
tenant.get("/items/:item", ok);
tenant.get("/failing/:item", () => {
  throw new Error("failing");
});
app.use("/tenants/:tenant", tenant);
app.use("/deep", router((it) => it.use("/apps/:app", tenant)));

const hidden = router((it) => it.get("/items/:item", ok));
app.use("/hidden/:place", (request, response, next) => hidden(request, response, next));

const withParam = router((it) => {
  it.param(
    "item",
    (_request, _response, next, value) => next(value === "bad" ? new Error("failing") : undefined),
  );
  it.get("/:item/size", ok);
});
app.use("/checked", withParam);

app.use("/pages/:site", router((it) => it.all(splat === "*" ? "*" : "/{*splat}", ok)));
app.use(
  "/middleware/:name",
  (request, response, next) => request.url === "/last" ? ok(request, response) : next(),
);
app.all(
  splat === "*" ? "*" : "/{*splat}",
  (request, response, next) => /^\/(?:nowhere|checked)/.test(request.path) ? next() : ok(request, response),
);
app.use((_error, _request, response, _next) => response.status(500).send("failed"));

const server = app.listen(0, "127.0.0.1", () => console.log(`express ${server.address().port}\nall listen`));
