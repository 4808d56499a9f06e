// Allocates in a function of a script that only V8 has, with the map in it, as bundlers that run modules one by one make them.
const http = require("node:http");
const vm = require("node:vm");

/** Line 1 of the script is line 10 of its source. */
const map = { version: 3, sources: ["webpack:///./src/page.ts"], names: [], mappings: "AASA" };
const encoded = Buffer.from(JSON.stringify(map)).toString("base64");
const allocate = vm.runInThisContext(
  "(function allocate(all) { for (let i = 0; i < 50_000; i++) all.push({ i }); return all.length; })\n" +
    `//# sourceMappingURL=data:application/json;base64,${encoded}`,
  { filename: "webpack-internal:///./src/page.ts" },
);
const server = http.createServer((_, response) => response.end(String(allocate([]))));
server.listen(0, () => console.log(`port ${server.address().port}`));
