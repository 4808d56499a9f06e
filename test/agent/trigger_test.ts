import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { createRequire } from "node:module";
import { makeTrigger } from "../../src/agent/trigger.ts";

// The agent is CommonJS and has a `require`.
(globalThis as { require?: unknown }).require ??= createRequire(import.meta.url);

const digest = createHash("sha256").update("s3cret & more").digest("hex");
const url = "/a";

/** Whether a request triggers: without a secret, and with one. */
const table: [about: string, url: string, headers: string[], without: boolean, withSecret: boolean][] = [
  ["nothing", url, ["Host", "x"], false, false],
  ["the header in any case", url, ["x-prof", "1"], true, false],
  ["the header with the secret", url, ["X-PROF", "s3cret & more"], true, true],
  ["the query parameter", "/a?b=1&X-Prof=1", [], true, false],
  ["the query parameter without a value", "/a?X-Prof", [], true, false],
  ["the query parameter with the secret", "/a?X-Prof=s3cret+%26%20more&b", [], true, true],
  ["the query parameter in another case", "/a?x-prof=1", [], false, false],
  ["another parameter with that value", "/a?b=X-Prof", [], false, false],
  ["the cookie", url, ["Cookie", "a=b; X-Prof=1"], true, false],
  ["the cookie with the secret", url, ["Cookie", "X-Prof=s3cret%20%26%20more; a=b"], true, true],
  ["a part of the secret", url, ["X-Prof", "s3cret"], true, false],
  ["the header twice, once right", url, ["X-Prof", "no", "X-Prof", "s3cret & more"], true, true],
  ["bad escapes", "/a?X-Prof=%zz", [], true, false],
];

for (const [about, url, rawHeaders, without, withSecret] of table) {
  Deno.test(`a request with ${about} ${without ? "triggers" : "does not trigger"}`, () => {
    assert.equal(makeTrigger({ name: "X-Prof" })({ url, rawHeaders }).triggered, without);
    assert.equal(makeTrigger({ name: "X-Prof", digest })({ url, rawHeaders }).triggered, withSecret);
  });
}

Deno.test("a secret in the URL is hidden, right or wrong, and the rest of the URL stays", () => {
  const look = makeTrigger({ name: "p", digest });
  const request = { url: "/a/b?x=1&p=guess&p=s3cret+%26+more&y=%20", rawHeaders: [] };
  assert.deepEqual(look(request), { triggered: true, url: "/a/b?x=1&p=***&p=***&y=%20" });
});
