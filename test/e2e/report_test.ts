/** `profsrv report`: a run's summary printed again, and what is left of a run whose profsrv was killed. */
import assert from "node:assert/strict";
import { mkdir, mkdtemp, readdir, readFile, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import type { IndexEntry } from "../../src/store/entry.ts";
import { isAlive } from "../../src/process_alive.ts";
import { appPath, ask, forms, Started } from "../support/profiled.ts";
import { until } from "../support/until.ts";

const windows = process.platform === "win32";
const server = ["node", appPath("hello.cjs")];
/** The process of the server itself, told before it starts. */
const told = ["sh", "-c", 'echo "server $$"; exec "$0" "$@"', ...server];

/** A place of its own for profiles and for the temporary directory. */
async function inPlace(use: (place: Place) => Promise<void>): Promise<void> {
  const root = await realpath(await mkdtemp(join(tmpdir(), "report-")));
  try {
    await mkdir(join(root, "temp"));
    await use(new Place(root));
  } finally {
    await rm(root, { recursive: true, force: true });
  }
}

class Place {
  readonly root: string;
  readonly temp: string;

  constructor(root: string) {
    this.root = root;
    this.temp = join(root, "temp");
  }

  /** Starts profsrv here. */
  start(...args: string[]): Started {
    return new Started([...forms.executable, ...args], { cwd: this.root, env: { TMPDIR: this.temp } });
  }

  /** Waits until a server has told of a request, which it does every 0.1 s, on a busy machine later. */
  async spooled(path: string): Promise<void> {
    await until(async () => {
      for (const name of await readdir(this.temp, { recursive: true })) {
        const isFile = name.endsWith(".spool");
        if (isFile && (await readFile(join(this.temp, name))).includes(JSON.stringify(path))) return true;
      }
      return false;
    }, () => `no file of the spool has ${path}`);
  }

  async report(...args: string[]): Promise<string> {
    const { code, stdout, stderr } = await this.start("report", ...args).ended;
    assert.equal(code, 0, stderr);
    return stdout;
  }

  async index(directory: string): Promise<IndexEntry[]> {
    const text = await readFile(join(this.root, directory, "index.ndjson"), "utf8");
    return text.trim().split("\n").map((line) => JSON.parse(line));
  }
}

async function askFor(port: number, paths: readonly string[]): Promise<void> {
  for (const path of paths) await ask(port, path);
}

/** Runs the server under profsrv for some requests. */
async function finishedRun(place: Place, directory: string, paths: readonly string[]): Promise<string> {
  const started = place.start("--prof-path", directory, "--", ...server);
  await askFor(Number((await started.printed(/port (\d+)/))[1]), paths);
  started.kill("SIGTERM");
  return (await started.ended).stderr;
}

Deno.test(
  "a report says what the run said at its end, and which run it was",
  { ignore: windows },
  () =>
    inPlace(async (place) => {
      const said = await finishedRun(place, "p", ["/a/1", "/a/2", "/b"]);
      const report = await place.report("p");
      const summary = said.slice(said.indexOf("\n3 requests"));
      assert.match(
        report,
        /^Run of \d\d\/\w{3}\/\d{4} [\d:]{8}: node \S+hello\.cjs \(ended by SIGTERM\)\n\n3 requests/,
      );
      assert.ok(report.slice(report.indexOf("\n") + 1).startsWith(summary), report);
      assert.match(report, /^Slowest requests$/m);
      const data = JSON.parse(await place.report("p", "--json", "--top", "2"));
      assert.deepEqual([data.v, data.requests, data.routes.length, data.slowest.length, data.only], [
        1,
        3,
        2,
        2,
        null,
      ]);
      const { id, duration } = data.slowest[0];
      assert.ok(duration >= data.slowest[1].duration);
      const one = JSON.parse(await place.report("p", "--request", id, "--json"));
      assert.deepEqual([one.slowest.length, one.slowest[0].id, one.routes], [1, id, []]);
      assert.match(await place.report("p", "--route", "/a/:id"), /^ +2 .* GET \/a\/:id(?: |$)/m);
      const md = await place.report("p", "--md");
      assert.match(md, /^# profsrv report\n\nRun of /);
      const [, further = ""] = /^profsrv (report .* --route .*)$/m.exec(md) ?? [];
      const words = further.match(/'[^']*'|\S+/g)?.map((it) => it.replaceAll("'", "")) ?? [];
      assert.equal((await place.start(...words).ended).code, 0, further);
      for (const wrong of [["--route", "/none"], ["--request", "none"]]) {
        const { code, stdout, stderr } = await place.start("report", "p", ...wrong).ended;
        assert.deepEqual([code, stdout], [2, ""]);
        assert.match(
          stderr,
          /^profsrv: Cannot report on "p": it has no (?:route|request) [^\n]*none[^\n]*\n$/,
        );
      }
      const [profile] = (await place.index("p")).find((it) => it.id === id)!.files;
      const why = async () => JSON.parse(await place.report("p", "--request", id, "--json")).notes;
      await writeFile(join(place.root, "p", profile!), "damaged");
      assert.match(String(await why()), /profile of this request cannot be read/);
      await rm(join(place.root, "p", profile!));
      assert.match(String(await why()), /profile of this request is not there/);
      assert.match(await place.report("p"), /^3 requests in .* s, 2 profiles in /m);
      for (const { files } of await place.index("p")) {
        for (const file of files) await rm(join(place.root, "p", file), { force: true });
      }
      const bare = await place.report("p");
      assert.match(bare, /^3 requests in .* s, 0 profiles in /m);
      assert.doesNotMatch(bare, /or open the profile/);
      // A second run into the same directory: the report is about the last.
      await finishedRun(place, "p", ["/c"]);
      assert.match(await place.report("p"), /^1 request in /m);
    }),
);

Deno.test(
  "a report takes each name that it prints: many names in one place, one of them, unknown paths, work outside requests",
  { ignore: windows },
  () =>
    inPlace(async (place) => {
      await finishedRun(place, "p", Array.from({ length: 120 }, (_, at) => `/wiki/page${at}.html`));
      const summary = await place.report("p");
      assert.match(summary, /^GET \/wiki\/:x +120 /m);
      const [, program] = /^Look at GET \/wiki\/:x first: (\S+) report \S+ --route 'GET \/wiki\/:x'$/m.exec(
        summary,
      )!;
      // The script's own name is the runtime's.
      assert.equal(program, forms.executable.length === 1 ? forms.executable[0] : "profsrv");
      const whole = JSON.parse(await place.report("p", "--route", "GET /wiki/:x", "--json"));
      assert.deepEqual(
        [whole.only, whole.routes.length, whole.routes[0].count, whole.slowest.length],
        [{ route: "GET /wiki/:x" }, 1, 120, 10],
      );
      assert.equal(whole.profiles.requests, 120);
      assert.match(
        await place.report("p", "--route", "/wiki/:x", "--md"),
        /^# profsrv report: GET \/wiki\/:x$/m,
      );
      const one = JSON.parse(await place.report("p", "--route", whole.slowest[0].route, "--json"));
      assert.deepEqual([one.routes[0].count, one.slowest[0].id], [1, whole.slowest[0].id]);
      const outside = JSON.parse(await place.report("p", "--route", "(outside requests)", "--json"));
      assert.deepEqual([outside.only, outside.routes, outside.slowest], [
        { route: "(outside requests)" },
        [],
        [],
      ]);
      await place.report("p", "--route", "(outside requests)", "--md");
    }),
);

Deno.test(
  "without a directory the newest run is reported",
  { ignore: windows },
  () =>
    inPlace(async (place) => {
      const none = await place.start("report").ended;
      assert.deepEqual([none.code, none.stdout], [2, ""]);
      assert.match(none.stderr, /^profsrv: There is no run of yours here: [^\n]+\n$/);
      await finishedRun(place, "below", ["/first"]);
      assert.match(await place.report(), /1 profile in \S+\/below$/m);
      const standard = place.start("--", ...server);
      await askFor(Number((await standard.printed(/port (\d+)/))[1]), ["/second", "/third"]);
      standard.kill("SIGTERM");
      await standard.ended;
      assert.match(await place.report(), /2 profiles in \S+\/temp\/profsrv-\w{6}$/m);
      const other = await mkdtemp(join(place.root, "other-"));
      const running = place.start("--prof-path", join(other, "deep", "down"), "--", ...server);
      await running.printed(/port (\d+)/);
      assert.match(await place.report(), /\(goes on, watched by process \d+\)/);
      running.kill("SIGTERM");
      await running.ended;
    }),
);

Deno.test(
  "a run whose index is missing is said to be that",
  { ignore: windows },
  () =>
    inPlace(async (place) => {
      await finishedRun(place, "p", ["/a"]);
      await rm(join(place.root, "p", "index.ndjson"));
      const { code, stdout, stderr } = await place.start("report", "p").ended;
      assert.equal(code, 0);
      assert.match(stdout, /^Run of [^\n]*\n$/);
      assert.equal(stderr, "profsrv: its index.ndjson is missing or empty, and run.json counts 1 request\n");
    }),
);

Deno.test("what is no run is refused in one sentence", { ignore: windows }, () =>
  inPlace(async (place) => {
    await mkdir(join(place.root, "empty"));
    await mkdir(join(place.root, "odd"));
    await writeFile(join(place.root, "odd", "run.json"), '{"scripts":{}}');
    await mkdir(join(place.root, "broken"));
    await writeFile(join(place.root, "broken", "run.json"), '{"v":1,"profsrv":"0.1.0","comm');
    await mkdir(join(place.root, "newer"));
    await writeFile(join(place.root, "newer", "run.json"), '{"v":2,"profsrv":"9.0.0"}');
    for (
      const [path, sentence] of [
        ["missing", 'Cannot report on "missing": no such directory'],
        ["empty", `Cannot report on "empty": there is no run.json in it`],
        ["odd", `Cannot report on "odd": its run.json is not one of profsrv's`],
        ["broken", `Cannot report on "broken": its run.json is damaged: expected an object in JSON`],
        [
          "newer",
          `Cannot report on "newer": its run.json is of version 2, which profsrv 9.0.0 wrote; this one, V, reads version 1`,
        ],
        ["odd/run.json", `Cannot report on "odd/run.json": it is a file, expected a run's directory`],
        ["", 'Cannot report on "": expected a directory'],
      ] as const
    ) {
      const { code, stdout, stderr } = await place.start("report", path).ended;
      const said = stderr.replace(/(this one), \S+,/, "$1, V,");
      assert.deepEqual([code, stdout, said], [2, "", `profsrv: ${sentence}\n`]);
    }
  }));

Deno.test(
  "a run whose profsrv was killed is finished by its report, each request once",
  { ignore: windows },
  () =>
    inPlace(async (place) => {
      const options = [
        "--prof-path",
        "p",
        "--format",
        "folded",
        "--prof-file",
        "{seq}.{path}",
        "--trigger",
        "x=secret",
      ];
      const started = place.start(...options, "--errors", "--", ...told);
      const pid = Number((await started.printed(/server (\d+)/))[1]);
      const port = Number((await started.printed(/port (\d+)/))[1]);
      await askFor(port, ["/1", "/2?x=secret"]);
      await started.printed(/"GET \/2\?/, "stderr");
      started.kill("SIGKILL");
      await askFor(port, ["/3", "/4?x=secret", "/5"]);
      process.kill(pid, "SIGTERM");
      // Its output is at an end when the server is.
      await started.ended;
      const first = await place.start("report", "p").ended;
      assert.match(
        first.stderr,
        /^(?:profsrv: [\d,]+ samples? of its last seconds (?:is|are) missing in routes\.pb\.gz, which profsrv writes now and then\n)?profsrv: profsrv was killed in this run; 3 more requests were recovered\nprofsrv: what profsrv had read of work outside requests before it was killed is lost\n$/,
      );
      assert.match(first.stdout, /hello\.cjs \(profsrv was killed\)\n\n5 requests in .*, 2 profiles in /);
      const index = await place.index("p");
      assert.deepEqual(index.map(({ url }) => url), ["/1", "/2?x=***", "/3", "/4?x=***", "/5"]);
      assert.equal(new Set(index.map(({ id }) => id)).size, 5);
      assert.ok(index.every(({ pid: it, runtime }) => it === pid && runtime.startsWith("node ")));
      assert.deepEqual(index.flatMap(({ files }) => files), ["2.2.folded", "4.4.folded"]);
      const record = JSON.parse(await readFile(join(place.root, "p", "run.json"), "utf8"));
      assert.equal(record.outside.isPartial, true);
      const { notes } = JSON.parse(await place.report("p", "--json"));
      assert.match(
        notes.join("\n"),
        /^Work outside requests is not all known \(only what profsrv had not read/m,
      );
      assert.deepEqual([record.exit, record.totals.requests, record.totals.files, record.spool], [
        null,
        5,
        2,
        undefined,
      ]);
      assert.equal(await place.report("p"), first.stdout, "again");
      assert.deepEqual(await readdir(place.temp), []);
    }),
);

Deno.test("a server that still runs when its run is recovered goes on, and can start others", {
  ignore: windows,
}, () =>
  inPlace(async (place) => {
    const started = place.start("--prof-path", "p", "--", "node", appPath("http_cjs.cjs"));
    const [port, pid] = (await started.printed(/port (\d+) pid (\d+)/)).slice(1).map(Number) as [
      number,
      number,
    ];
    await askFor(port, ["/1"]);
    await started.printed(/"GET \/1/, "stderr");
    started.kill("SIGKILL");
    await until(() => !isAlive(started.child.pid!), () => "profsrv is still there, though it was killed");
    await askFor(port, ["/2"]);
    await place.spooled("/2");
    const { code, stderr } = await place.start("report", "p").ended;
    assert.deepEqual([code, stderr.trim().split("\n").at(-1)], [
      0,
      "profsrv: its server is still running, and is no longer profiled",
    ]);
    await askFor(port, ["/3"]);
    assert.deepEqual((await place.index("p")).map(({ path }) => path), ["/1", "/2"]);
    assert.deepEqual(await readdir(place.temp), []);
    assert.equal((await ask(port, "/child")).body, "7");
    process.kill(pid, "SIGTERM");
    await started.ended;
  }));

Deno.test("a spool that somebody removes is said to be gone, once, and servers started later are profiled", {
  ignore: windows,
}, () =>
  inPlace(async (place) => {
    const started = place.start("--prof-path", "p", "--", "node", appPath("ends_when_asked.cjs"));
    const port = Number((await started.printed(/port (\d+)/))[1]);
    for (const name of await readdir(place.temp)) await rm(join(place.temp, name), { recursive: true });
    await started.printed(/Somebody removed "[^"]+", where/, "stderr");
    await askFor(port, ["/another"]);
    const later = Number((await started.printed(/port \d+\n[^]*port (\d+)/))[1]);
    await askFor(later, ["/later", "/end"]);
    await askFor(port, ["/end"]);
    const { code, stderr } = await started.ended;
    assert.equal(code, 0);
    assert.equal(stderr.split("Somebody removed").length, 2);
    assert.ok(!stderr.includes("ENOENT"), stderr);
    assert.deepEqual((await place.index("p")).map(({ path }) => path), ["/later", "/end"]);
    assert.deepEqual(await readdir(place.temp), []);
  }));
