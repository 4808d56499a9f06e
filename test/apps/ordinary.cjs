/**
 * An Express server as many are: some of its functions are made at run time, as templates, validators and the like are, without maps. Prints its
 * port; `/stops` says how often the debugger, which stops the world, was turned on.
 */
const Module = require("node:module");
const vm = require("node:vm");
const express = require("express");
const { endOnSigterm } = require("./work.cjs");

let stops = 0;
let post;
// Where the application itself loads the inspector, the agent turns no debugger on.
const { _load } = Module;
Module._load = function (name, ...rest) {
  const loaded = _load.call(this, name, ...rest);
  if (name === "node:inspector" && post === undefined) watch(loaded.Session);
  return loaded;
};

function watch({ prototype }) {
  post = prototype.post;
  prototype.post = function (method, ...rest) {
    if (method === "Debugger.enable") stops++;
    return post.call(this, method, ...rest);
  };
}

const TEXT =
  "const until = performance.now() + 40; let x = 1; while (performance.now() < until) x = (x * 16807) % 2147483647; return x;";
const key = ["hand", "ler"].join("");
class Computed {
  static [key + "OfClass"]() {
    return new Function(TEXT)();
  }
}
const kinds = {
  function: new Function(TEXT),
  eval: () => globalThis["eval"](`(function validate() { ${TEXT} })()`),
  template: new Function(`${TEXT}\n//# sourceURL=lodash.templateSources[0]`),
  view: new Function(`${TEXT}\n//# sourceURL=views/index.ejs`),
  // As EJS names what it makes of a view.
  ejs: new Function(`${TEXT}\n//# sourceURL=${__dirname}/views/index.ejs`),
  // As a loader runs what it has made, with the map in the text.
  mapped: new Function(
    `${TEXT}\n//# sourceURL=${__dirname}/views/index.ts\n//# sourceMappingURL=data:application/json;base64,${
      btoa(JSON.stringify({ version: 3, sources: ["index.ts"], mappings: "AAAA" }))
    }`,
  ),
  vm: vm.runInThisContext(`(function compiled() { ${TEXT} })`, { filename: "compiled.js" }),
  computed: {
    [key]() {
      const until = performance.now() + 40;
      let x = 1;
      while (performance.now() < until) x = (x * 16807) % 2147483647;
      return x;
    },
  }[key],
  class: Computed[key + "OfClass"],
};

const app = express();
for (const [name, act] of Object.entries(kinds)) {
  app.get(`/${name}`, (_request, response) => response.send(`${act()}`));
}
app.get("/stops", (_request, response) => response.send(String(stops)));
const server = app.listen(0, "127.0.0.1", () => console.log(`port ${server.address().port}`));
endOnSigterm(server);
