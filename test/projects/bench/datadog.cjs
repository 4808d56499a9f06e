// Datadog's profiler with a context for each request, as a preload. Its contexts follow promises on Node 24 and newer.
const { subscribe } = require("node:diagnostics_channel");
const { time } = require("@datadog/pprof");

const withContexts = Number.parseInt(process.versions.node) >= 24;
const intervalMicros = Number(process.env.BENCH_INTERVAL);
time.start({
  durationMillis: 3_600_000,
  intervalMicros,
  withContexts,
  useCPED: withContexts,
  lineNumbers: false,
});

let requests = 0;
if (withContexts) {
  subscribe(
    "http.server.request.start",
    ({ request }) => time.setContext({ id: ++requests, url: request.url }),
  );
}
// As its users do: a profile a minute; here a second, for the windows that profsrv takes.
setInterval(() => time.stop(true), 1000).unref();
