// Code that V8 has from no file, or has otherwise than its file does, as development servers make it.
const esbuild = require("esbuild");
const fs = require("node:fs");
const http = require("node:http");
const path = require("node:path");
const vm = require("node:vm");

const AsyncFunction = async function () {}.constructor;
const file = path.join(__dirname, "typed", "src", "work.ts");
const { code } = esbuild.transformSync(fs.readFileSync(file, "utf8"), {
  loader: "ts",
  format: "cjs",
  sourcemap: "inline",
  sourcefile: file,
});

/** The same map for code that stands so many lines lower. */
function lower(text, lines) {
  return text.replace(/(?<=base64,)\S+/, (map) => {
    const it = JSON.parse(Buffer.from(map, "base64"));
    return Buffer.from(JSON.stringify({ ...it, mappings: ";".repeat(lines) + it.mappings })).toString(
      "base64",
    );
  });
}

const burn = `function burnPrimes(ms) { const end = performance.now() + ms; let n = 2, f = 0;
  while (performance.now() < end) { let p = true; for (let i = 2; i * i <= n; i++) if (n % i === 0) p = false; if (p) f++; n++; }
  return f; }
`;
const wrapper = "'use strict';async (exports)=>{{";

/** As Vite does it: called as the file, whose text is another one. */
async function vite() {
  const module = { exports: {} };
  await new AsyncFunction("module", "exports", `${lower(code, 2)}\n//# sourceURL=${file}`)(
    module,
    module.exports,
  );
  return () => module.exports.callDeclared([]);
}

/** What each path calls, made when it is first asked for. */
const made = {
  // vite-node: the wrapper begins before the first column.
  "/negative": () => {
    const text =
      `${wrapper}const e = performance.now() + 30; while (performance.now() < e);\n${burn}exports.burnPrimes = burnPrimes;\n}}`;
    const exports = {};
    const run = vm.runInThisContext(text, { filename: "/made/negative.ts", columnOffset: -wrapper.length });
    run(exports);
    return () => exports.burnPrimes(60);
  },
  // V8 leaves out the url of optimised code, at times.
  "/blank": async () => {
    const exports = {};
    await new AsyncFunction(
      "exports",
      `${burn}exports.burnPrimes = burnPrimes;\n//# sourceURL=/made/blank.ts`,
    )(exports);
    return () => exports.burnPrimes(60);
  },
  "/vite": vite,
  // The function runs at the beginning of a request that goes on for longer than the agent keeps a window open.
  "/long": async () => {
    const run = await vite();
    return () => {
      run();
      return new Promise((resolve) => setTimeout(resolve, 1500));
    };
  },
  // webpack: a module is evaluated for itself.
  "/webpack": () => {
    const module = { exports: {} };
    // As `eval` does it, but that the code stands two lines lower.
    new Function("module", "exports", `${lower(code, 2)}\n//# sourceURL=webpack-internal:///./src/work.ts`)(
      module,
      module.exports,
    );
    return () => module.exports.spinArrow(40);
  },
};
const ready = {};

/** With an argument, somebody takes coverage of this. */
const taken = process.argv[2] === "covered" && new (require("node:inspector").Session)();
function covered(isFirst) {
  return isFirst ? 1 : 2;
}
if (taken) {
  taken.connect();
  taken.post("Profiler.enable");
  taken.post("Profiler.startPreciseCoverage", { callCount: true, detailed: true });
}

function coverage() {
  let ranges;
  taken.post("Profiler.takePreciseCoverage", (_error, { result }) => {
    const own = result.find(({ url }) => url.endsWith("odd_scripts.cjs"));
    ({ ranges } = own.functions.find(({ functionName }) => functionName === "covered"));
  });
  return ranges.map(({ count }) => count).join();
}

http.createServer(async (request, response) => {
  const { url } = request;
  if (url === "/coverage") {
    covered(true);
    covered(true);
    covered(false);
    return response.end(coverage());
  }
  ready[url] ??= await made[url]();
  await ready[url]();
  response.end("done");
}).listen(0, "127.0.0.1", function () {
  console.log("port " + this.address().port);
});
process.once("SIGTERM", () => process.exit(0));
