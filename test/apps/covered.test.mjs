// A test with a server: run by `node --test --experimental-test-coverage`.
import assert from "node:assert/strict";
import http from "node:http";
import { test } from "node:test";
import { counted } from "./covered.cjs";

test("a server counts", async () => {
  const server = http.createServer((_request, response) => response.end(counted(response.statusCode)));
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address();
  for (let i = 0; i < 20; i++) {
    const answer = await fetch(`http://127.0.0.1:${port}/`);
    assert.equal(await answer.text(), "200");
    // Longer than windows last, all in all.
    await new Promise((go) => setTimeout(go, 80));
  }
  server.close();
});
