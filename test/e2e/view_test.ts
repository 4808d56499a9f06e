/** `profsrv view` and `--ui`: what the server tells the page, and whom it tells nothing. */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { mkdir, mkdtemp, readdir, readFile, realpath, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { gunzipSync } from "node:zlib";
import { formats } from "../../src/formats/mod.ts";
import type { IndexEntry } from "../../src/store/entry.ts";
import { addressOf, type Embedded, type RequestDetail, type Run } from "../../src/viewer/api.ts";
import { answerRows } from "../../src/viewer/table/answer_rows.ts";
import { readTable } from "../../src/viewer/table/table_text.ts";
import { appPath, ask, forms, Started } from "../support/profiled.ts";
import { until } from "../support/until.ts";
import { Viewing } from "../support/viewing.ts";

const HOSTILE = [
  "/<script>alert(1)</script>",
  "/%3Cimg%20src=x%20onerror=alert(1)%3E?token=secret1&q=</script><!--",
  "/\u2028'\"`${7*7}`",
  "/..%2f..%2fetc%2fpasswd",
];

/** A server under profsrv with `--ui`; its run stays in `directory`. */
async function ranWithUi(
  directory: string,
  use: (port: number, viewing: Viewing, started: Started) => Promise<void>,
) {
  const started = new Started([
    ...[...forms.executable, "--ui", "--prof-path", directory],
    ...["--", "node", appPath("blocking.cjs")],
  ]);
  try {
    const viewing = await Viewing.printedBy(started, "stderr");
    await use(Number((await started.printed(/port (\d+)/))[1]), viewing, started);
    started.kill("SIGTERM");
    return await started.ended;
  } finally {
    started.child.kill("SIGKILL");
  }
}

/** A request that `/hog` holds up for 80 ms. */
async function heldUp(port: number, started: Started): Promise<void> {
  const seen = started.stdout.length;
  const victim = ask(port, "/victim");
  await started.printed(new RegExp(`^[^]{${seen},}victim\n`));
  await Promise.all([victim, ask(port, "/hog")]);
}

async function contentsOf(directory: string): Promise<Map<string, string>> {
  const names = (await readdir(directory)).sort();
  return new Map(
    await Promise.all(names.map(async (name): Promise<[string, string]> => {
      return [name, createHash("sha256").update(await readFile(join(directory, name))).digest("hex")];
    })),
  );
}

Deno.test("a run in the browser: live, ended, compared, as one file; and nothing for others", async (test) => {
  const root = await realpath(await mkdtemp(join(tmpdir(), "view-")));
  const directory = join(root, "run");
  try {
    await test.step("--ui tells of a request when it has ended, and of the end of the run", async () => {
      let end: Promise<Run> | undefined;
      const ended = await ranWithUi(directory, async (port, viewing, started) => {
        await ask(port, "/hog");
        await viewing.until(({ requests, state }) => requests === 1 && state === "live");
        const next = viewing.until(({ requests }) => requests === 2);
        await ask(port, "/late");
        await next;
        await heldUp(port, started);
        for (const path of HOSTILE) await ask(port, encodeURI(path).replaceAll("%25", "%"));
        const { rows } = await viewing.ask("rows", { from: 0, count: 100 });
        assert.ok(rows.length >= 2);
        end = viewing.until(({ state }) => state === "ended");
        await viewing.until(({ requests }) => requests === 4 + HOSTILE.length);
      });
      assert.equal(ended.code, 0, ended.stderr);
      const { requests, exit, read } = await end!;
      assert.deepEqual([requests, exit, read], [4 + HOSTILE.length, "ended with code 0", 1]);
    });

    const second = join(root, "second");
    await ranWithUi(second, (port) => ask(port, "/hog").then(() => {}));
    await writeFile(join(root, "outside.cpuprofile"), "{}");
    const index = (await readFile(join(directory, "index.ndjson"), "utf8")).trim().split("\n")
      .map((line) => JSON.parse(line) as IndexEntry);
    const before = await contentsOf(directory);
    const started = new Started([...forms.executable, "view", directory, "--no-open"]);
    try {
      const viewing = await Viewing.printedBy(started);
      const run = await viewing.until(({ read }) => read === 1);

      await test.step("the run is as its files say", () => {
        const record = { requests: run.requests, state: run.state, exit: run.exit, gone: run.gone };
        assert.deepEqual(record, {
          requests: index.length,
          state: "ended",
          exit: "ended with code 0",
          gone: 0,
        });
        assert.deepEqual([run.notes, run.profiled, run.directory], [[], index.length, directory]);
        const [culprit] = run.culprits;
        assert.deepEqual([culprit!.name, culprit!.hot!.function, culprit!.heldUp[0]!.name], [
          "GET /hog",
          "burnHog",
          "GET /victim",
        ]);
        const held = index.find(({ path }) => path === "/victim")!.blockers![0]!.ms;
        assert.equal(culprit!.ms, held);
        assert.ok(held >= 79 && held <= 400, `${held} ms`);
      });

      await test.step("nothing without the secret, for other hosts, from other pages, or above the run", async () => {
        const auth = viewing.headers;
        const host = `127.0.0.1:${viewing.port}`;
        const refused: [string, Record<string, string>, number][] = [
          ["/api/rows?from=0&count=1", {}, 401],
          ["/api/run", { authorization: "Bearer wrong" }, 401],
          ["/api/rows?from=0&count=1&secret=" + viewing.secret, {}, 401],
          ["/api/rows?from=0&count=1", { cookie: `secret=${viewing.secret}` }, 401],
          ["/api/rows?from=0&count=1", { ...auth, host: "evil.example" }, 403],
          ["/", { host: "evil.example" }, 403],
          ["/api/rows?from=0&count=1", { ...auth, host, origin: "http://evil.example" }, 403],
          ["/api/rows?from=0&count=1", { ...auth, host, "sec-fetch-site": "cross-site" }, 403],
          ["/../outside.cpuprofile", auth, 404],
          ["/..%2foutside.cpuprofile", auth, 404],
          ["//etc/passwd", auth, 404],
          ["/index.ndjson", auth, 404],
          ["/api/profile?id=../outside", auth, 404],
          ["/api/profile?route=../outside", auth, 404],
          ["/api/constructor", auth, 404],
          ["/api/rows?from=x&count=1", auth, 400],
          ["/api/rows?sort=constructor", auth, 400],
          ["/api/request", auth, 400],
          ["/api/compare?base=99", auth, 404],
          ["/open/x", {}, 404],
        ];
        for (const [path, headers, status] of refused) {
          const answer = await viewing.get(path, headers);
          assert.equal(answer.status, status, `${path} ${JSON.stringify(headers)}: ${answer.body}`);
          assert.equal(typeof JSON.parse(answer.body).error, "string");
          assert.ok(!answer.body.includes("root:"));
        }
        for (const method of ["POST", "PUT", "DELETE", "OPTIONS"]) {
          const answer = await ask(viewing.port, "/api/rows", { method, headers: auth });
          assert.deepEqual([answer.status, answer.headers.allow], [405, "GET, HEAD"]);
        }
        // What goes on for ever has headers that do not.
        for (const path of ["/", "/api/run", "/api/routes"]) {
          const answer = await ask(viewing.port, path, { method: "HEAD", headers: auth });
          assert.deepEqual([answer.status, answer.body], [200, ""], path);
        }
      });

      await test.step("every answer is held to what it is; the page to its own files", async () => {
        const page = await viewing.get("/", {});
        assert.equal(page.status, 200);
        const policy = String(page.headers["content-security-policy"]);
        assert.ok(!policy.includes("unsafe") && policy.includes("default-src 'none'"), policy);
        assert.match(policy, /frame-ancestors 'none'/);
        for (const path of ["/", "/speedscope.html", "/api/routes"]) {
          const { headers } = await viewing.get(path);
          assert.deepEqual([
            headers["x-content-type-options"],
            headers["referrer-policy"],
            headers["cache-control"],
          ], [
            "nosniff",
            "no-referrer",
            "no-store",
          ]);
          assert.equal(headers["access-control-allow-origin"], undefined);
        }
        const framed = (await viewing.get("/speedscope.html", {})).headers["content-security-policy"];
        assert.match(String(framed), /frame-ancestors 'self'/);
        assert.match(String(framed), /connect-src blob:;/);
      });

      await test.step("URLs are data, with what a run redacts", async () => {
        const { rows } = await viewing.ask("rows", { from: 0, count: 100, sort: "start" });
        assert.deepEqual(rows.map(({ url }) => url).sort(), index.map(({ url }) => url).sort());
        assert.ok(rows.some(({ url }) => url.includes("token=***")));
        const { body, headers } = await viewing.get(addressOf("rows", { from: 0, count: 100 }));
        assert.match(String(headers["content-type"]), /^application\/json/);
        assert.ok(!body.includes("secret1"));
      });

      const victim = index.find(({ path }) => path === "/victim")!;
      let detail: RequestDetail;
      await test.step("a request has its lane and that of the one that held it up, within 2 ms", async () => {
        detail = await viewing.ask("request", { id: victim.id });
        const { entry, lanes: [own, hog] } = detail;
        assert.deepEqual(entry, victim);
        // On a busy machine something outside of requests may have held it up as well.
        const blocked = own!.blocked.find(({ by }) => by === "GET /hog");
        assert.equal(hog!.row!.path, "/hog");
        assert.ok(Math.abs(hog!.held - victim.blockers![0]!.ms) < 0.001);
        const longest = hog!.ran!.reduce((most, it) => it[1] - it[0] > most[1] - most[0] ? it : most);
        const isSame = Math.abs(longest[0] - blocked!.from) <= 2 && Math.abs(longest[1] - blocked!.to) <= 2;
        assert.ok(isSame, JSON.stringify([hog!.ran, blocked]));
        const hot = await viewing.ask("request", { id: hog!.id });
        assert.equal(hot.functions.own[0]!.function, "burnHog");
      });

      await test.step("a profile comes in every format, whole or with the application's code only", async () => {
        const hog = index.find(({ path }) => path === "/hog")!;
        for (
          const { id: format, extension } of formats.filter(({ units }) => units.includes("microseconds"))
        ) {
          const { status, headers } = await viewing.get(addressOf("profile", { id: hog.id, format }));
          assert.equal(status, 200, format);
          assert.equal(headers["content-disposition"], `attachment; filename="${hog.id}${extension}"`);
        }
        const names = async (asks: object): Promise<string[]> => {
          const { body, status } = await viewing.get(addressOf("profile", asks));
          assert.equal(status, 200, body);
          return JSON.parse(body).shared.frames.map(({ file = "" }: { file?: string }) => file);
        };
        assert.ok((await names({ id: hog.id })).some((file) => file.startsWith("node:")));
        const own = await names({ id: hog.id, own: true });
        assert.ok(own.some((file) => file.endsWith("blocking.cjs")));
        assert.ok((await names({ route: "GET /hog" })).some((file) => file.endsWith("blocking.cjs")));
        assert.ok((await names({ own: true })).some((file) => file.endsWith("blocking.cjs")));
        const ownOfVictim = (await viewing.get(addressOf("profile", { id: victim.id }))).body;
        assert.ok(!ownOfVictim.includes("burnHog") && ownOfVictim.includes("(blocked by GET /hog)"));
        assert.equal((await viewing.get(addressOf("profile", { id: hog.id, format: "x" }))).status, 400);
      });

      await test.step("routes and functions of the run", async () => {
        const { routes } = await viewing.ask("routes", {});
        const hog = routes[0]!;
        assert.deepEqual([hog.name, hog.count, hog.failed, hog.heldUp[0]!.name], [
          "GET /hog",
          2,
          0,
          "GET /victim",
        ]);
        assert.ok(Math.abs(routes.reduce((sum, { cpuShare }) => sum + cpuShare, 0) - 1) < 1e-9);
        assert.equal(routes.reduce((sum, { count }) => sum + count, 0), index.length);
        const { own, requests } = await viewing.ask("functions", {});
        assert.deepEqual([own[0]!.function, own[0]!.routes[0]!.name], ["burnHog", "GET /hog"]);
        assert.ok(requests >= 2);
        const { marks, busy } = await viewing.ask("timeline", { columns: 20, lines: 10 });
        assert.deepEqual([marks!.id.length, busy.length], [index.length, 20]);
      });

      await test.step("another run as base", async () => {
        const { runs } = await viewing.ask("runs", {});
        const other = runs.find((it) => it.directory === second)!;
        const { base, routes, bothHave } = await viewing.ask("compare", { base: other.number });
        assert.equal(base.directory, second);
        const hog = routes.find(({ route }) => route === "GET /hog")!;
        assert.deepEqual([hog.requests, hog.verdict], [{ before: 1, after: 2 }, "unknown"]);
        assert.ok(bothHave.includes("GET /hog"));
        const merged = await viewing.get(addressOf("profile", { route: "GET /hog", base: other.number }));
        assert.ok(merged.body.includes("burnHog"));
      });

      await test.step("a profile that is gone is said to be gone; one that is a link is not followed", async () => {
        const late = index.find(({ path }) => path === "/late")!;
        await rm(join(directory, late.files[0]!));
        assert.equal((await viewing.get(addressOf("profile", { id: late.id }))).status, 404);
        assert.equal((await viewing.ask("request", { id: late.id })).profile, "gone");
        await symlink(join(root, "outside.cpuprofile"), join(directory, late.files[0]!));
        assert.equal((await viewing.get(addressOf("profile", { id: late.id }))).status, 404);
        await rm(join(directory, late.files[0]!));
        const after = await contentsOf(directory);
        before.delete(late.files[0]!);
        assert.deepEqual(after, before, "nothing was written");
      });

      await test.step("it ends with Ctrl-C, and when the terminal closes", async () => {
        started.kill("SIGINT");
        assert.deepEqual([(await started.ended).signal, started.stderr], ["SIGINT", ""]);
        const other = new Started([...forms.executable, "view", directory, "--no-open"]);
        await Viewing.printedBy(other);
        other.kill("SIGHUP");
        assert.deepEqual([(await other.ended).signal, other.stderr], ["SIGHUP", ""]);
      });
    } finally {
      started.child.kill("SIGKILL");
    }

    await test.step("--html writes one file with all of it, over an earlier one only", async () => {
      const write = (...args: string[]) =>
        new Started([...forms.executable, "view", directory, "--html", ...args], { cwd: root }).ended;
      for (const top of ["1", "50"]) {
        const { code, stderr } = await write("run.html", "--top", top);
        assert.equal(code, 0, stderr);
        assert.match(stderr, /^profsrv: wrote run\.html: \d+\.\d MB, any browser opens it\n$/);
      }
      const html = await readFile(join(root, "run.html"), "utf8");
      const [, data] = /<script type="application\/json" id="embedded">([^<]*)<\/script>/.exec(html)!;
      const embedded = JSON.parse(data!) as Embedded;
      const unpacked = (text: string) => JSON.parse(gunzipSync(Buffer.from(text, "base64")).toString());
      const { rows } = answerRows(readTable(unpacked(embedded.table)), {
        from: 0,
        count: 100,
        sort: "-duration",
      });
      assert.deepEqual(rows.map(({ url }) => url).sort(), index.map(({ url }) => url).sort());
      const { answers } = embedded;
      assert.equal(unpacked(answers[addressOf("run", {})]!).requests, index.length);
      for (const own of [true, false]) {
        assert.ok(answers[addressOf("profile", { id: rows[0]!.id, own })] !== undefined);
        assert.ok(answers[addressOf("profile", { route: "GET /hog", own })] !== undefined);
      }
      assert.deepEqual(unpacked(answers[addressOf("request", { id: rows[0]!.id })]!).entry.id, rows[0]!.id);
      assert.ok(
        !/(?:src|href)="(?!data:)/.test(html.replace(data!, "").replace(/<script[^]*<\/script>/g, "")),
      );
      await writeFile(join(root, "notes.html"), "<p>mine");
      const refused = await write("notes.html");
      assert.equal(refused.code, 2);
      assert.match(refused.stderr, /^profsrv: Cannot write "notes\.html": .* is not one of profsrv's\n$/);
      assert.equal(await readFile(join(root, "notes.html"), "utf8"), "<p>mine");
      await mkdir(join(root, "folder"));
      for (const bad of ["folder", "none/x.html"]) {
        const { code, stderr } = await write(bad);
        assert.deepEqual([code, /^profsrv: Cannot write [^\n]+\n$/.test(stderr)], [2, true], stderr);
      }
    });
  } finally {
    await rm(root, { recursive: true, force: true });
  }
});

Deno.test(
  "a browser is started with an address that leads to the page once, and holds no secret",
  { ignore: process.platform !== "linux" },
  async () => {
    const root = await mkdtemp(join(tmpdir(), "view-"));
    try {
      await ranWithUi(join(root, "run"), (port) => ask(port, "/late").then(() => {}));
      await writeFile(join(root, "xdg-open"), '#!/bin/sh\necho "opened $1" >"$0.said"', { mode: 0o755 });
      const away = { CI: "", SSH_CONNECTION: "", SSH_CLIENT: "", SSH_TTY: "" };
      const env = { ...away, DISPLAY: ":0", PATH: `${root}:${process.env["PATH"]}` };
      const started = new Started([...forms.executable, "view", join(root, "run")], { env });
      try {
        const viewing = await Viewing.printedBy(started);
        const saidNow = () => readFile(join(root, "xdg-open.said"), "utf8").catch(() => "");
        const said = await until(
          async () => (await saidNow()).match(/^.*\n$/)?.[0],
          () => "the browser is not started",
        );
        const [, path] = /^opened http:\/\/127\.0\.0\.1:\d+(\/open\/\S+)\n$/.exec(said)!;
        assert.ok(!said.includes(viewing.secret));
        const [, port] = /:(\d+)\//.exec(said)!;
        assert.equal((await ask(Number(port), path!, { method: "HEAD" })).status, 404);
        const first = await viewing.get(path!, {});
        assert.deepEqual([first.status, first.headers.location], [303, `/#secret=${viewing.secret}`]);
        assert.equal((await viewing.get(path!, {})).status, 404);
      } finally {
        started.child.kill("SIGKILL");
      }
    } finally {
      await rm(root, { recursive: true, force: true });
    }
  },
);

Deno.test("a port that is taken is said in one sentence; a run with --ui goes on", async () => {
  const root = await mkdtemp(join(tmpdir(), "view-"));
  const directory = join(root, "run");
  try {
    await ranWithUi(directory, async (port, _, { stderr }) => {
      await ask(port, "/late");
      assert.match(stderr, /^profsrv: the run is shown at http:\/\/127\.0\.0\.1:\d+\/#secret=\S{32}$/m);
      const taken = new Started([...forms.executable, "view", directory, "--no-open", "--port", `${port}`]);
      const { code, stderr: said } = await taken.ended;
      assert.deepEqual([code, /^profsrv: Cannot serve at port \d+: [^\n]+\n$/.test(said)], [2, true], said);
      const command = ["--ui=" + port, "--prof-path", join(root, "other"), "--", "node", "-e", "1"];
      const other = await new Started([...forms.executable, ...command]).ended;
      assert.equal(other.code, 0);
      assert.match(other.stderr, /Cannot show the run at port \d+: .*; it goes on without --ui/);
    });
  } finally {
    await rm(root, { recursive: true, force: true });
  }
});
