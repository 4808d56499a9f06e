// A server of Koa, instrumented: without that Koa tells nobody its routes.
const { registerInstrumentations } = require("@opentelemetry/instrumentation");
const { HttpInstrumentation } = require("@opentelemetry/instrumentation-http");
const { KoaInstrumentation } = require("@opentelemetry/instrumentation-koa");
const { NodeTracerProvider } = require("@opentelemetry/sdk-trace-node");

new NodeTracerProvider().register();
registerInstrumentations({ instrumentations: [new HttpInstrumentation(), new KoaInstrumentation()] });

const http = require("node:http");
const Koa = require("koa");
const Router = require("@koa/router");

// Made of the TypeScript beside it.
const { burnPrimes } = require("./burn.mjs");

const router = new Router();
for (const path of ["/things/:name", "/things/:name/parts/:part"]) {
  router.get(path, (context) => {
    burnPrimes({ ms: 25 });
    context.body = "thing";
  });
}
router.get("/things/:name/failing", () => {
  burnPrimes({ ms: 25 });
  throw new Error("failing");
});
const app = new Koa();
app.silent = true;
const server = http.createServer(app.use(router.routes()).callback());
server.listen(0, "127.0.0.1", () => console.log(`telemetry ${server.address().port}\nall listen`));
