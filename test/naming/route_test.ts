import assert from "node:assert/strict";
import { isKnownRoute, routeOf } from "../../src/naming/mod.ts";
import { type Random, testRandomly } from "../support/random.ts";

Deno.test("a route is the path with its variable parts named", () => {
  const rows: readonly [url: string, route: string][] = [
    ["/", "/"],
    ["", "/"],
    ["/?page=2", "/"],
    ["*", "*"],
    ["/users", "/users"],
    ["/users/", "/users"],
    ["//users//x", "/users/x"],
    ["/users/42", "/users/:id"],
    ["/users/42/orders/9f1c2b3d-1111-2222-3333-444455556666?x=1", "/users/:id/orders/:id"],
    ["http://example.org/users/42", "/users/:id"],
    ["/users/42.json", "/users/:id.json"],
    ["/users;jsessionid=1A2B/-7", "/users/:id"],
    ["/map/48.85,2.35", "/map/:id"],
    ["/c/9f86d08", "/c/:id"],
    ["/c/deadbeefdeadbeef", "/c/:id"],
    ["/c/facade/effaced", "/c/facade/effaced"],
    ["/o/507f1f77bcf86cd799439011", "/o/:id"],
    ["/o/01ARZ3NDEKTSV4RRFFQ69G5FAV", "/o/:id"],
    ["/n/V1StGXR8_Z5jdHi6B-myT", "/n/:id"],
    ["/n/ckopqwooh000001la8mbi2im9", "/n/:id"],
    ["/watch/dQw4w9WgXcQ", "/watch/:id"],
    ["/t/eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln-bmF0dXJl", "/t/:token"],
    ["/mail/a%40example.org", "/mail/:email"],
    ["/days/2025-01-09/hours", "/days/:date/hours"],
    ["/at/2025-01-09T08:07:06.054Z", "/at/:date"],
    ["/2025/01/09/hello", "/:id/:id/:id/hello"],
    ["/orders/ORD-2024-00012", "/orders/ORD-:id-:id"],
    ["/file-9f1c2b3d-1111-2222-3333-444455556666.pdf", "/file-:id.pdf"],
    ["/search/two%20words", "/search/:text"],
    ["/a%2Fb%00c", "/:text"],
    [`/${"very-".repeat(20)}long`, "/:text"],
    ["/v1/oauth2/s3/i18n", "/v1/oauth2/s3/i18n"],
    ["/how-to-profile-node-20-servers", "/how-to-profile-node-20-servers"],
    ["/getUserNotificationPreferences", "/getUserNotificationPreferences"],
    ["/products/iPhone15ProMax", "/products/iPhone15ProMax"],
    ["/caf%C3%A9", "/café"],
    ["/jquery-3.6.0.min.js", "/jquery-3.6.0.min.js"],
    ["/assets/index-BdF3kx9Q.js", "/assets/index-:hash.js"],
    ["/assets/main.8a7f6e5d.chunk.css", "/assets/main.:hash.chunk.css"],
    ["/fonts/font-awesome5.woff2", "/fonts/font-awesome5.woff2"],
    ["/1/2/3/4/5/6/7/8/9/10/11/12", "/:id".repeat(12)],
    [`${"/x".repeat(13)}`, `${"/x".repeat(12)}/*`],
  ];
  for (const [url, route] of rows) assert.equal(routeOf({ url }), route, url);
});

Deno.test("the framework's pattern goes before the path", () => {
  assert.equal(routeOf({ url: "/users/42", pattern: "/users/:name" }), "/users/:name");
  assert.equal(routeOf({ url: "/users/42", pattern: "" }), "/users/:id");
  assert.equal(routeOf({ url: "/", pattern: "x".repeat(5000) }).length, 400);
});

Deno.test("what a pattern does not cover is named like a path", () => {
  const rows: readonly [url: string, pattern: string, route: string][] = [
    ["/users/42/", "/users/:user/", "/users/:user"],
    ["/", "/", "/"],
    ["/users/42/posts/7", "/posts/:post", "/users/:id/posts/:post"],
    ["/posts/1", "/:post", "/posts/:post"],
    ["/shop/", "/", "/shop"],
    ["/rewritten", "/users/:user", "/users/:user"],
    ["/rewritten/from/elsewhere", "/users/:user", "/users/:user"],
    ["/docs/shop/1", "/shop/[item]", "/docs/shop/[item]"],
    ["/sites/ann/2026/cats", "/sites/:site/…", "/sites/:site/:id/cats"],
    ["/files/a/b/c", "/files/*path", "/files/*path"],
    ["/files/a/b/c", "/files/{path*}", "/files/{path*}"],
    ["/users/1/2", "/users/:a{/:b}", "/users/:a{/:b}"],
    ["/users", "/users/:id?", "/users/:id?"],
  ];
  for (const [url, pattern, route] of rows) {
    assert.equal(routeOf({ url, pattern }), route, `${pattern} ${url}`);
  }
});

Deno.test("a pattern that takes every path is none", () => {
  const patterns = [
    ...[
      "*",
      "/*",
      "/**",
      "(.*)",
      "/(.*)",
      "/.*",
      "/*splat",
      "/{*splat}",
      "/{/*splat}",
      "/:path*",
      "/:path+",
      "/:path(.*)",
    ],
    ...[
      "/:path(.+)",
      "/**:path",
      "/[...path]",
      "/[[...path]]",
      "/{path*}",
      "/$",
      "/*?",
      "/{*splat}/",
      "/:path{.+}",
    ],
  ];
  for (const pattern of patterns) {
    assert.equal(routeOf({ url: "/users/7", pattern }), "/users/:id", pattern);
    assert.equal(isKnownRoute({ url: "/users/7", pattern, status: 200 }), false, pattern);
  }
  for (const pattern of ["/", "/a/*", "/:path", "/{name}", "/[name]", "/a{/*rest}", "/$metadata"]) {
    assert.equal(isKnownRoute({ url: "/a", pattern, status: 200 }), true, pattern);
  }
});

Deno.test("an endpoint for many operations has a route for each that is known by name", () => {
  const persisted = encodeURIComponent(
    JSON.stringify({ persistedQuery: { version: 1, sha256Hash: "0123456789abcdef0" } }),
  );
  const rows: readonly [url: string, route: string, pattern?: string][] = [
    ["/graphql?operationName=GetUser&extensions=x", "/graphql#GetUser"],
    ["/graphql?query=query%20GetUser(%24id%3AID)%7Buser%7D", "/graphql#GetUser"],
    ["/graphql?query=query+GetUser+%7Buser%7D", "/graphql#GetUser"],
    ["/graphql?query=%7Buser%7D", "/graphql"],
    ["/graphql?query=%23%20of%20users%0Aquery+GetUser%7Buser%7D", "/graphql#GetUser"],
    ["/graphql?query=fragment+F+on+T%7Bx%7Bquery+y%7D%7D+query+GetUser%7B...F%7D", "/graphql#GetUser"],
    ["/graphql?query=%7Buser%7Bid%7D+query+name%7D", "/graphql"],
    ["/graphql?query=%7Buser%7Bid%7D+query+name", "/graphql"],
    ["/graphql?query=%7D%7D%7Dquery+A%7Bb", "/graphql"],
    [`/graphql?extensions=${persisted}`, "/graphql#0123456789ab"],
    ["/graphql?documentId=sha256:0123456789abcdef", "/graphql#0123456789ab"],
    ["/graphql", "/graphql#Told", "#Told"],
    ["/api/7", "/api/:version#Told", "/api/:version#Told"],
    ["/api?operationName=GetUser", "/api#GetUser"],
    ["/graphql?operationName=%1b%5b2J", "/graphql"],
    ["/graphql?operationName=", "/graphql"],
    ["/search?query=query+of+mine", "/search"],
    ["/trpc/user.byId?input=1", "/trpc/user.byId"],
    ["/api/trpc/user.byId,post.list?batch=1", "/api/trpc/user.byId", "/api/trpc/[trpc]"],
    ["/trpc/user.byId%2Cpost.list?batch=1", "/trpc/user.byId", "/trpc/:path"],
    ["/trpc/a/b", "/trpc/a/b"],
    ["/trpc", "/trpc"],
  ];
  for (const [url, route, pattern] of rows) {
    assert.equal(routeOf({ url, ...(pattern === undefined ? {} : { pattern }) }), route, url);
  }
  assert.equal(isKnownRoute({ url: "/trpc/user.byId", status: 200 }), true);
  assert.equal(isKnownRoute({ url: "/trpc/wp-login", status: 404 }), false);
  assert.equal(isKnownRoute({ url: "/graphql", pattern: "#Told", status: 200 }), false);
});

const HEX = "0123456789abcdef";
const BASE36 = HEX + "ghijklmnopqrstuvwxyz";
const BASE64 = BASE36 + "ABCDEFGHIJKLMNOPQRSTUVWXYZ-_";

/** Kinds of identifiers, and how many of 1,000 may pass for words. */
const IDENTIFIERS: readonly [kind: string, alphabet: string, length: number, passing: number][] = [
  ["integers", HEX.slice(0, 10), 9, 0],
  ["git hashes", HEX, 40, 0],
  ["object ids", HEX, 24, 0],
  ["short hashes", HEX, 8, 8],
  ["nanoids", BASE64, 21, 30],
  ["UUIDs in base64", BASE64, 22, 30],
  ["SHA-256 in base64", BASE64, 43, 5],
  ["cuids", BASE36, 25, 15],
];

for (const [kind, alphabet, length, passing] of IDENTIFIERS) {
  testRandomly(`of 1,000 ${kind}, at most ${passing} make a route of their own`, 1, (random: Random) => {
    const routes = new Set<string>();
    for (let count = 0; count < 1000; count++) {
      routes.add(routeOf({ url: `/x/${Array.from({ length }, () => random.pick([...alphabet])).join("")}` }));
    }
    assert.ok(routes.has("/x/:id"));
    assert.ok(routes.size <= passing + 1, `${routes.size} routes: ${[...routes].slice(0, 9).join(" ")}`);
  });
}
