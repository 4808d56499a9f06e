import assert from "node:assert/strict";
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import type { IndexEntry } from "../../src/store/entry.ts";
import { Store, type StoreOptions } from "../../src/store/store.ts";
import { formats } from "../../src/formats/mod.ts";
import { parseTemplate } from "../../src/naming/mod.ts";
import { reasonOf } from "../../src/system_error.ts";
import type { RequestProfile } from "../../src/profile/request.ts";
import { requestProfile } from "../../src/profile/request_profile.ts";
import { requestProfileOf } from "../support/folded.ts";

function inStore(
  template: string,
  use: (store: Store, directory: string) => void,
  own: Partial<StoreOptions> = {},
): void {
  const directory = mkdtempSync(join(tmpdir(), "profsrv-test-"));
  try {
    const limits = { isKept: () => true, maxFiles: 100, maxSize: 1e6 };
    const options = {
      directory,
      run: "r1",
      template: parseTemplate(template),
      formats: formats.slice(0, 1),
      ...limits,
    };
    use(new Store({ ...options, ...own }), directory);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

/** As JSON has it: without the properties that are undefined. */
function withoutAbsent(entry: IndexEntry): object {
  return JSON.parse(JSON.stringify(entry));
}

/** All that is in it but for the routes' profiles, which are there from the beginning on. */
function filesIn(directory: string): string[] {
  return readdirSync(directory).filter((name) => name !== "routes.pb.gz");
}

const request = requestProfileOf("a;b 300\n- 200", { url: "/users/42?x=1", status: 201, blocked: 50 });

Deno.test("a request gets its file and its line, and they agree", () =>
  inStore("{path}.{status}", (store, directory) => {
    const entry = store.add(request);
    store.flush();
    assert.deepEqual(entry.files, ["users.42.201.cpuprofile"]);
    const line = JSON.parse(readFileSync(join(directory, "index.ndjson"), "utf8")) as IndexEntry;
    assert.deepEqual(line, withoutAbsent(entry));
    const { duration, cpu, blocked, wait } = line;
    assert.deepEqual({ duration, cpu, blocked, wait }, {
      duration: 0.5,
      cpu: 0.3,
      blocked: 0.05,
      wait: 0.15,
    });
    const file = JSON.parse(readFileSync(join(directory, entry.files[0]!), "utf8"));
    assert.equal(file.profsrv.id, entry.id);
    assert.equal(store.profiles.count, 1);
  }));

Deno.test("the line has exactly the fields that are promised, in their order", () =>
  inStore("{path}", (store) => {
    const promised =
      "v run id pid tid runtime method url path route http status bytes start duration queued cpu blocked wait gc samples " +
      "outcome hot blockers trace files";
    assert.equal(Object.keys(withoutAbsent(store.add(request))).join(" "), promised);
    const told = { ...request, request: { ...request.request, pattern: "/users/:user" } };
    assert.equal(
      Object.keys(withoutAbsent(store.add(told))).join(" "),
      promised.replace("route", "route pattern"),
    );
  }));

Deno.test("blockers are the five longest, longest first, and the trace is that of the request", () =>
  inStore("{path}", (store) => {
    const hold = (id: string, time: number, startAt: number) => ({ id, name: id, startAt, time });
    const holds = ["a", "b", "c", "d", "e", "f", "a"].map((id, i) => hold(id, (i + 1) * 1000, i * 10_000));
    const traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    const entry = store.add({ ...request, request: { ...request.request, traceparent }, holds });
    assert.deepEqual(entry.blockers, [
      { id: "a", ms: 8 },
      { id: "f", ms: 6 },
      { id: "e", ms: 5 },
      { id: "d", ms: 4 },
      { id: "c", ms: 3 },
    ]);
    assert.deepEqual([entry.run, entry.trace], ["r1", "0af7651916cd43dd8448eb211c80319c"]);
  }));

Deno.test("equal names get numbers, and a / in the template makes directories", () =>
  inStore("{method}/{path}", (store, directory) => {
    for (let i = 0; i < 3; i++) store.add(request);
    assert.deepEqual(readdirSync(join(directory, "GET")).sort(), [
      "users.42-2.cpuprofile",
      "users.42-3.cpuprofile",
      "users.42.cpuprofile",
    ]);
  }));

Deno.test("a file that cannot be written is counted, and the request is listed without it", () =>
  inStore("{path}", (store, directory) => {
    rmSync(directory, { recursive: true });
    assert.deepEqual(store.add(request).files, []);
    store.flush();
    assert.deepEqual([store.profiles.count, store.profiles.failures, store.unlisted], [0, 1, 0]);
    assert.match(String(store.lastError), /ENOENT/);
    mkdirSync(directory);
    store.flush();
    assert.match(readFileSync(join(directory, "index.ndjson"), "utf8"), /^\{.*\}\n$/, "the line has waited");
    rmSync(directory, { recursive: true });
    store.add(request);
    store.close();
    assert.equal(store.unlisted, 1, "at the end it waits no longer");
  }));

Deno.test("several formats of a request are files of one name", () =>
  inStore("{path}", (store, directory) => {
    const { files } = store.add(request);
    const expected = formats.map(({ extension }) => `users.42${extension}`);
    assert.deepEqual(files, expected);
    assert.deepEqual(filesIn(directory).sort(), [...expected].sort());
  }, { formats }));

Deno.test("a request that is not kept is listed without files", () =>
  inStore("{path}", (store, directory) => {
    assert.deepEqual(store.add(request).files, []);
    store.flush();
    assert.deepEqual(filesIn(directory), ["index.ndjson"]);
  }, { isKept: () => false }));

Deno.test("of a request without samples no profile is made for its line", () =>
  inStore("{path}", (store) => {
    const { id, route, process, request: info } = request;
    const unsampled = requestProfile({ id, route, process, request: info, slices: [] });
    Object.defineProperty(unsampled, "profile", { get: () => assert.fail("somebody asked for it") });
    const { hot, samples, gc, alloc } = store.add(unsampled);
    assert.deepEqual({ hot, samples, gc, alloc }, { hot: null, samples: 0, gc: 0, alloc: undefined });
  }, { isKept: () => false }));

Deno.test("past the files or bytes allowed nothing more is written, and it is counted", () => {
  inStore("{path}", (store) => {
    for (let i = 0; i < 5; i++) store.add(request);
    assert.deepEqual([store.profiles.count, store.profiles.limited], [3, 2]);
  }, { maxFiles: 3 });
  inStore("{path}", (store, directory) => {
    for (let i = 0; i < 50; i++) store.add(request);
    const size = filesIn(directory).reduce((sum, name) => sum + statSync(join(directory, name)).size, 0);
    assert.equal(store.profiles.size, size);
    assert.ok(
      size <= 10_000 && store.profiles.count > 0 && store.profiles.count + store.profiles.limited === 50,
      `${size} bytes`,
    );
  }, { maxSize: 10_000 });
});

/** A request of this duration, to a path that is its own route. */
function lasting(ms: number, url = "/users/42"): RequestProfile {
  return { ...request, route: url, request: { ...request.request, url, duration: ms * 1000 } };
}

Deno.test("a slower request takes the place of the fastest of its route, and its files go", () =>
  inStore("{path}.{duration}", (store, directory) => {
    for (const ms of [5, 9, 7, 2, 8]) store.add(lasting(ms));
    assert.deepEqual(filesIn(directory).sort(), ["users.42.8.cpuprofile", "users.42.9.cpuprofile"]);
    assert.deepEqual([store.profiles.count, store.profiles.limited], [2, 3]);
  }, { maxFiles: 2 }));

Deno.test("every route keeps its slowest, and in every format", () =>
  inStore("{path}.{duration}", (store, directory) => {
    for (let i = 0; i < 500; i++) store.add(lasting(10 + i % 100, i % 50 === 7 ? "/rare" : "/users/42"));
    const kept = filesIn(directory);
    assert.equal(kept.length, 20);
    for (const { extension } of formats.slice(0, 2)) {
      assert.ok(kept.includes(`rare.67${extension}`), kept.join());
      assert.ok(kept.includes(`users.42.109${extension}`), kept.join());
    }
  }, { maxFiles: 20, formats: formats.slice(0, 2) }));

Deno.test("a file that somebody has put in the place of ours is not removed", () =>
  inStore("{path}.{duration}", (store, directory) => {
    store.add(lasting(5));
    rmSync(join(directory, "users.42.5.cpuprofile"));
    writeFileSync(join(directory, "users.42.5.cpuprofile"), "mine");
    store.add(lasting(6));
    assert.deepEqual(filesIn(directory).sort(), ["users.42.5.cpuprofile", "users.42.6.cpuprofile"]);
  }, { maxFiles: 1 }));

Deno.test("no link that stands in the way of a directory or the index is followed, and both is counted", {
  ignore: process.platform === "win32",
}, () =>
  inStore("{method}/{path}", (store, directory) => {
    const outside = mkdtempSync(join(tmpdir(), "profsrv-test-"));
    try {
      symlinkSync(outside, join(directory, "GET"));
      symlinkSync(join(outside, "new"), join(directory, "index.ndjson"));
      assert.deepEqual(store.add(request).files, []);
      store.close();
      assert.deepEqual([store.profiles.failures, store.unlisted], [1, 1]);
      assert.match(
        reasonOf(store.lastError),
        /^the index\.ndjson there is a symbolic link, which is not followed$/,
      );
      assert.deepEqual(readdirSync(outside), []);
    } finally {
      rmSync(outside, { recursive: true });
    }
  }));

Deno.test("an index of somebody's that comes in the middle of a run is left alone, and the lines wait", () =>
  inStore("{path}", (store, directory) => {
    const path = join(directory, "index.ndjson");
    store.add(request);
    store.flush();
    renameSync(path, join(directory, "away"));
    writeFileSync(path, "somebody's");
    store.add(request);
    store.flush();
    assert.equal(readFileSync(path, "utf8"), "somebody's");
    renameSync(join(directory, "away"), path);
    store.close();
    assert.equal(readFileSync(path, "utf8").trim().split("\n").length, 2);
    assert.equal(store.unlisted, 0);
  }));
