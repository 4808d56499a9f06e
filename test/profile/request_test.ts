import assert from "node:assert/strict";
import { pathOf, splitTarget } from "../../src/profile/request.ts";

const targets: readonly [string, string, string][] = [
  ["/", "/", ""],
  ["/a/b?c=d", "/a/b", "c=d"],
  ["/a?b?c", "/a", "b?c"],
  ["/a?", "/a", ""],
  ["?a", "/", "a"],
  ["", "/", ""],
  ["/a#b?c", "/a", ""],
  ["/a?b#c", "/a", "b"],
  ["//host/a", "//host/a", ""],
  ["/%2e%2e%2f", "/%2e%2e%2f", ""],
  ["/go?to=http://other/x", "/go", "to=http://other/x"],
  ["http://h:80/a?b", "/a", "b"],
  ["HTTPS://h", "/", ""],
  ["http://h?q", "/", "q"],
  ["*", "*", ""],
  ["h:443", "h:443", ""],
];
for (const [url, path, query] of targets) {
  Deno.test(`the path of "${url}" is "${path}" and its query "${query}"`, () => {
    assert.deepEqual([pathOf(url), splitTarget(url)], [path, { path, query }]);
  });
}
