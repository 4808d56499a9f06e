import assert from "node:assert/strict";
import {
  EVERYTHING,
  type FilteredRequest,
  makeRequestFilter,
  parseRequestPattern,
  type RequestFilter,
} from "../../src/collector/request_filter.ts";
import type { RequestInfo } from "../../src/profile/request.ts";
import { routeOf } from "../../src/naming/mod.ts";
import { requestInfo } from "../support/folded.ts";

/** A request, with its route. */
function subject(known: Partial<RequestInfo> = {}): FilteredRequest {
  const request = requestInfo(known);
  return { request, route: routeOf(request) };
}

const ms = 1000;

/** A choice, a request, and whether it is kept. */
const table: [about: string, filter: Partial<RequestFilter>, request: Partial<RequestInfo>, kept: boolean][] =
  [
    ["everything is kept if nothing is said", {}, { status: 404 }, true],
    ["--min-duration leaves out what is faster", { minDuration: 10 }, { duration: 9_999 }, false],
    ["--min-duration keeps what took just as long", { minDuration: 10 }, { duration: 10 * ms }, true],
    ["--errors keeps a fast 5xx", { minDuration: 10, errors: true }, { status: 500 }, true],
    ["--errors keeps a fast abort", { minDuration: 10, errors: true }, { outcome: "aborted" }, true],
    ["--errors keeps what broke off", { sample: 0, errors: true }, { outcome: "error" }, true],
    ["--errors keeps no 404", { minDuration: 10, errors: true }, { status: 404 }, false],
    [
      "--errors does not overrule --skip",
      { errors: true, skip: [parseRequestPattern("/")] },
      { status: 500 },
      false,
    ],
    ["--trigger leaves out requests without it", { triggered: true }, { triggered: false }, false],
    ["--trigger keeps requests with it", { triggered: true }, { triggered: true }, true],
    ["--nomedia leaves out images", { nomedia: true }, { url: "/photo", contentType: "image/png" }, false],
    ["--nomedia leaves out scripts", { nomedia: true }, {
      url: "/x",
      contentType: "text/javascript; charset=utf-8",
    }, false],
    ["--nomedia leaves out files not modified, by name", { nomedia: true }, {
      url: "/a/logo.PNG?v=3",
      status: 304,
    }, false],
    ["--nomedia goes by the type where there is one", { nomedia: true }, {
      url: "/a.js",
      contentType: "application/json",
    }, true],
    ["--nomedia knows fonts of no known type", { nomedia: true }, {
      url: "/a.woff2",
      contentType: "application/octet-stream",
    }, false],
    ["--nomedia keeps downloads", { nomedia: true }, {
      url: "/report.pdf",
      contentType: "application/octet-stream",
    }, true],
    ["--nomedia keeps pages", { nomedia: true }, { url: "/", contentType: "text/html" }, true],
  ];

for (const [about, filter, request, kept] of table) {
  Deno.test(
    about,
    () => assert.equal(makeRequestFilter({ ...EVERYTHING, ...filter }).isKept(subject(request)), kept),
  );
}

/** A pattern and what it matches and does not. */
const patterns: [pattern: string, yes: string[], no: string[]][] = [
  ["/api/*", ["GET /api/users", "POST /api/x?y=1"], ["GET /api/users/1", "GET /api", "GET /v1/api/users"]],
  ["/api/**", ["GET /api/users/1", "GET /api/", "GET /api"], ["GET /apis"]],
  ["*.png", ["GET /a.png", "GET /deep/down/b.png?x=y.css"], ["GET /a.png/b", "GET /a.jpg?b.png"]],
  ["GET /", ["GET /", "GET /?a=1"], ["HEAD /", "GET /a"]],
  ["post /login", ["POST /login"], ["GET /login"]],
  ["/{a,b}/?", ["GET /a/x", "GET /b/y"], ["GET /c/x", "GET /a/xy"]],
  ["/.well-known/**", ["GET /.well-known/acme"], ["GET /well-known/acme"]],
  ["**/health", ["GET /health", "GET /a/b/health"], ["GET /healthy"]],
  ["/a(b", ["GET /a(b"], ["GET /ab"]],
  ["GET /profile/:id", ["GET /profile/7?x", "GET /profile/:id"], [
    "POST /profile/7",
    "GET /profile/me",
    "GET /profile/7/x",
  ]],
  ["/users/:id/**", ["GET /users/7/posts", "GET /users/7/posts/8"], ["GET /users/me/posts"]],
  ["GET /wiki/:x", ["GET /wiki/Node.js?a=1"], ["GET /wiki", "GET /wiki/7", "GET /wiki/a/b", "POST /wiki/a"]],
  ["/:x/edit/:x", ["GET /Node/edit/last", "POST /a/edit/b"], ["GET /Node/edit", "GET /Node/edit/7"]],
  ["M-SEARCH *", ["M-SEARCH *"], ["GET *"]],
];

for (const [pattern, yes, no] of patterns) {
  Deno.test(`"${pattern}" matches ${yes.join(", ")} and not ${no.join(", ")}`, () => {
    const matches = parseRequestPattern(pattern);
    const test = (it: string) => {
      const [method = "", url = ""] = it.split(" ");
      return matches(subject({ method, url }));
    };
    assert.deepEqual([yes.filter((it) => !test(it)), no.filter(test)], [[], []]);
  });
}

Deno.test("--only keeps what one of its patterns matches, --skip wins over it", () => {
  const only = ["/api/**", "/login"].map(parseRequestPattern);
  const { isKept } = makeRequestFilter({ ...EVERYTHING, only, skip: [parseRequestPattern("/api/health")] });
  const kept = ["/api/users", "/api/health", "/login", "/"].filter((url) => isKept(subject({ url })));
  assert.deepEqual(kept, ["/api/users", "/login"]);
});

for (const [sample, expected] of [[1, 1000], [0.05, 50], [1 / 3, 333], [0.999, 999], [0, 0]] as const) {
  Deno.test(`--sample ${sample} keeps ${expected} of 1,000 requests, evenly`, () => {
    const { isKept } = makeRequestFilter({ ...EVERYTHING, sample });
    const kept = Array.from({ length: 1000 }, () => isKept(subject()));
    assert.equal(kept.filter(Boolean).length, expected);
    if (sample === 0.05) assert.equal(kept.indexOf(true), 19, "the twentieth");
  });
}

Deno.test("requests that are left out otherwise do not use up the sample", () => {
  const { isKept } = makeRequestFilter({ ...EVERYTHING, sample: 0.5, skip: [parseRequestPattern("/skip")] });
  const urls = Array.from({ length: 100 }, (_, i) => i % 2 === 0 ? "/skip" : "/");
  assert.equal(urls.filter((url) => isKept(subject({ url }))).length, 25);
});

Deno.test("a framework's pattern is taken as the summary shows it, whatever it holds", () => {
  for (const pattern of ["/files/{*splat}", "/u/:id(\\d+)", "/a/*"]) {
    const matches = parseRequestPattern(`GET ${pattern}`);
    assert.ok(matches(subject({ url: "/x", pattern })), pattern);
    assert.ok(!matches(subject({ url: "/x", pattern: `${pattern}y/z` })), pattern);
  }
});

Deno.test("each request left out is counted under the option that did it", () => {
  const { isKept, leftOut } = makeRequestFilter({
    only: [parseRequestPattern("/a/**")],
    skip: [parseRequestPattern("/a/skip")],
    nomedia: true,
    minDuration: 10,
    errors: true,
    sample: 0.5,
    triggered: true,
  });
  const ms = 1000;
  const given: Partial<RequestInfo>[] = [
    { url: "/b" },
    { url: "/a/skip" },
    { url: "/a/x.png" },
    { url: "/a/x", status: 500 },
    { url: "/a/x" },
    { url: "/a/x", triggered: true, duration: 9 * ms },
    { url: "/a/x", triggered: true, duration: 11 * ms },
    { url: "/a/x", triggered: true, duration: 11 * ms },
  ];
  assert.deepEqual(given.map((it) => isKept(subject(it))), [
    false,
    false,
    false,
    true,
    false,
    false,
    false,
    true,
  ]);
  assert.deepEqual(Object.fromEntries(leftOut), {
    only: 1,
    skip: 1,
    nomedia: 1,
    trigger: 1,
    "min-duration": 1,
    sample: 1,
  });
});

Deno.test("(unknown paths) are those that were not found where no framework told a route", () => {
  const matches = parseRequestPattern("(unknown paths)");
  assert.ok(matches(subject({ url: "/x", status: 404 })));
  assert.ok(!matches(subject({ url: "/x", status: 200 })));
  assert.ok(!matches(subject({ url: "/x", status: 404, pattern: "/x" })));
});

Deno.test("what stands for many routes, or for none, is no pattern", () => {
  for (const name of ["(other)", "(outside requests)"]) {
    assert.throws(() => parseRequestPattern(name), {
      message: `expected a path or a route, and ${name} is none`,
    });
  }
});
