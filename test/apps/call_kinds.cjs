// Calls functions of other kinds than test/apps/calls.cjs does: generators, methods, getters, and two of one name.
const { createServer } = require("node:http");

function* counting(until) {
  for (let i = 0; i < until; i++) yield i;
}
class Kinds {
  method() {
    return 1;
  }
  get got() {
    return 2;
  }
  static ofClass() {
    return 3;
  }
}
const often = {
  twin() {
    return 4;
  },
};
const seldom = {
  twin() {
    return 5;
  },
};

const server = createServer((_, response) => {
  let sum = 0;
  for (const value of counting(50)) sum += value;
  const kinds = new Kinds();
  for (let i = 0; i < 1234; i++) sum += kinds.method() + often.twin();
  for (let i = 0; i < 17; i++) sum += kinds.got + Kinds.ofClass() + seldom.twin();
  response.end(String(sum));
});
server.listen(0, "127.0.0.1", () => console.log(`port ${server.address().port}`));
process.on("SIGTERM", () => process.exit());
