// A server as a transpiler's: so many scripts made in memory, each with a map of 9 kB. It asks itself once, and goes.
const http = require("node:http");
const { Module } = require("node:module");

const [count, end] = process.argv.slice(2);

// 1,800 lines, each a position five characters long.
const mappings = "AAAA" + ";AACA".repeat(1800);

const functions = Array.from({ length: Number(count) }, (_, n) => {
  const path = `/soak/part${n}.ts`;
  const map = JSON.stringify({ version: 3, sources: [`part${n}.ts`], names: [], mappings });
  const text = `exports.run = function part${n}(until) { while (performance.now() < until()); };
//# sourceMappingURL=data:application/json;base64,${Buffer.from(map).toString("base64")}`;
  const made = new Module(path);
  made._compile(text, path);
  return made.exports.run;
});

const server = http.createServer((_request, response) => {
  for (const run of functions) {
    const until = performance.now() + 3;
    run(() => until);
  }
  response.end("done\n");
});
server.listen(0, "127.0.0.1", () => {
  http.get({ port: server.address().port, agent: false, path: "/child" }, (response) => {
    response.resume().on(
      "end",
      () => end === "killed" ? process.kill(process.pid, "SIGKILL") : process.exit(),
    );
  });
});
