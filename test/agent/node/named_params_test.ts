import assert from "node:assert/strict";
import { patternByParams } from "../../../src/agent/node/named_params.ts";

const rows: readonly [what: string, url: string, params: unknown, pattern: string | undefined][] = [
  ["one parameter", "/things/blue", { name: "blue" }, "/things/:name"],
  ["several", "/v1/things/blue/parts/red", { name: "blue", part: "red" }, "/v1/things/:name/parts/:part"],
  ["two of the same value", "/a/x/b/x", { a: "x", b: "x" }, undefined],
  ["a query", "/things/blue?name=red&size=blue", { name: "blue" }, "/things/:name"],
  ["the query among the parameters", "/users/list?sort=list", { sort: "list" }, undefined],
  ["a parameter that the query has, too", "/things/blue?name=blue", { name: "blue" }, undefined],
  ["a value that is decoded", "/things/dark%20blue", { name: "dark blue" }, "/things/:name"],
  ["a value that is not", "/things/dark%20blue", { name: "dark%20blue" }, "/things/:name"],
  ["a broken escape", "/things/%zz", { name: "%zz" }, "/things/:name"],
  ["one that is absent", "/things/blue", { name: "blue", part: undefined }, "/things/:name"],
  ["a wildcard", "/files/a/b", { "*": "a/b" }, "/files/*"],
  ["a wildcard of one segment", "/files/a", { "*": "a" }, "/files/*"],
  ["a named wildcard", "/files/a/b", { wild: "a/b" }, "/files/*"],
  ["a group of a regular expression", "/commits/abc", { 0: "abc" }, undefined],
  ["a wildcard in the middle", "/files/a/b/c", { wild: "a/b" }, undefined],
  ["no parameters", "/things/blue", {}, undefined],
  ["none at all", "/things/blue", undefined, undefined],
  ["a list", "/things/blue", ["blue"], undefined],
  ["lists", "/things/blue", { splat: ["things", "blue"] }, undefined],
  ["a value that is also a part of the pattern", "/things/things", { name: "things" }, undefined],
  ["a value that stands nowhere", "/things/blue", { name: "red" }, undefined],
  ["a part of a segment", "/things/blue.png", { name: "blue" }, undefined],
  ["an id that no parameter has", "/users/41/posts/first", { post: "first" }, undefined],
  ["the root", "/", { name: "" }, undefined],
];

Deno.test("a pattern is made of parameters where there is no doubt about it", () => {
  assert.deepEqual(
    rows.map(([what, url, params]) => [what, patternByParams(url, params)]),
    rows.map(([what, , , pattern]) => [what, pattern]),
  );
});
