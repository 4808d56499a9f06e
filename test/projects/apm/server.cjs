// A server beside the APM agent that the first argument names, which sends nothing; answers say which trace the agent has followed to the end.
const [name] = process.argv.slice(2);

/** Starts an agent; gives what tells the name of the span or transaction that is active. */
const agents = {
  none: () => () => "",
  "dd-trace"() {
    const tracer = require("dd-trace").init({ startupLogs: false, flushInterval: 3_600_000 });
    return () => tracer.scope().active() === null ? "lost" : "followed";
  },
  OpenTelemetry() {
    const { NodeSDK } = require("@opentelemetry/sdk-node");
    const { InMemorySpanExporter, SimpleSpanProcessor } = require("@opentelemetry/sdk-trace");
    const { trace } = require("@opentelemetry/api");
    const { ExpressInstrumentation } = require("@opentelemetry/instrumentation-express");
    const { HttpInstrumentation } = require("@opentelemetry/instrumentation-http");
    const spanProcessors = [new SimpleSpanProcessor(new InMemorySpanExporter())];
    new NodeSDK({ spanProcessors, instrumentations: [new HttpInstrumentation(), new ExpressInstrumentation()] }).start();
    return () => trace.getActiveSpan() === undefined ? "lost" : "followed";
  },
  "Elastic APM"() {
    const agent = require("elastic-apm-node").start({ disableSend: true, logLevel: "off", cloudProvider: "none" });
    return () => agent.currentTransaction === null ? "lost" : "followed";
  },
};
const traced = agents[name]();

const { performance } = require("node:perf_hooks");
const express = require("express");

function spin(milliseconds) {
  for (const until = performance.now() + milliseconds; performance.now() < until;);
}
const slowWork = () => spin(10);
const fastWork = () => spin(2);

async function rounds(work) {
  for (let i = 0; i < 3; i++) {
    work();
    await new Promise((resolve) => setTimeout(resolve, 3));
  }
}

const app = express();
const answer = (work) => async (request, response) => {
  await rounds(work);
  response.send(`${request.url} ${traced()}`);
};
app.get("/slow/:id", answer(slowWork));
app.get("/fast/:id", answer(fastWork));
const server = app.listen(0, "127.0.0.1", () => console.log(`port ${server.address().port}`));
process.once("SIGTERM", () => process.exit(0));
