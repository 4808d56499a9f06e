// A test file for `node --test`: two tests that pass and one that fails, with a server of its own.
const assert = require("node:assert");
const http = require("node:http");
const test = require("node:test");

const server = http.createServer((request, response) => response.end(request.url));
const ask = (path) =>
  new Promise((resolve, reject) => {
    http.get({ port: server.address().port, path, agent: false }, (response) => {
      response.setEncoding("utf8").on("data", resolve);
    }).on("error", reject);
  });

test.before(() => new Promise((resolve) => server.listen(0, resolve)));
test.after(() => server.close());
test("one passes", async () => assert.equal(await ask("/1"), "/1"));
test("two passes", async () => assert.equal(await ask("/2"), "/2"));
test("three fails", async () => assert.equal(await ask("/3"), "/4"));
