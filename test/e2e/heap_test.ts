/** `--profiler heap` against what a server is known to allocate. */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { checkHeapProfile } from "../formats/readers/heapprofile.ts";
import { appPath, ask, askAll, forms, profiled, type Run, Started } from "../support/profiled.ts";
import { isThorough, missing, type Runtime, runtimes } from "../support/runtimes.ts";
import { decodePprof } from "../formats/readers/pprof.ts";

/** Bytes that a route allocates in one function. An array has a head of 32 bytes, elements of 8 and their head of 16; a string a head of 16. */
const EXPECTED = {
  "/a": { by: "allocA", bytes: 8 * (131_072 * 8 + 48) },
  "/b": { by: "allocB", bytes: 200 * 10_016 },
  "/d": { by: "allocD", bytes: 2000 * (125 * 8 + 48) },
};
const REQUESTS = 50;
const TOLERANCE = 0.1;
/** What else a request allocates: its head, its answer. */
const OVERHEAD = 100_000;

function isSupported({ kind, version }: Runtime): boolean {
  return kind === "deno" || Number.parseInt(version) >= 20;
}

function command({ kind, path }: Runtime, serve: boolean): string[] {
  const run = kind === "deno" ? [path, "run", "-A", appPath("heap.mjs")] : [path, appPath("heap.mjs")];
  return serve ? [...run, "serve"] : run;
}

async function heapRun(runtime: Runtime, serve: boolean, use: (port: number) => Promise<void>): Promise<Run> {
  return await profiled(command(runtime, serve), async (started) => {
    await use(Number((await started.printed(/port (\d+)/))[1]));
    started.kill("SIGTERM");
  }, { options: ["--profiler", "heap"] });
}

const all = await runtimes();
const supported = all.filter(isSupported);

if (!isThorough) {
  missing("--profiler heap with Deno.serve", "it takes a quarter of a minute; MATRIX=all does it");
}
for (const runtime of supported) {
  const alsoServes = isThorough && runtime === supported.at(-1) && runtime.kind === "deno";
  for (const serve of alsoServes ? [false, true] : [false]) {
    const name = `${runtime.kind} ${runtime.version}${serve ? " with Deno.serve" : ""}`;
    Deno.test(`each request's bytes are right, and whose they are, with 8 clients at a time on ${name}`, async () => {
      const paths = Array.from(
        { length: REQUESTS },
        (_, i) => i < 5 ? ["/a", "/b", "/d", "/c"] : ["/a", "/b", "/d"],
      )
        .flat();
      const run = await heapRun(runtime, serve, async (port) => void await askAll(port, paths, 8));
      assert.equal(run.record.drops.windows + run.record.drops.unreadable, 0);
      for (const [path, { by, bytes }] of Object.entries(EXPECTED)) {
        const entries = run.index.filter(({ url }) => url === path);
        assert.equal(entries.length, REQUESTS);
        assert.deepEqual(new Set(entries.map(({ alloc }) => alloc?.hot?.function)), new Set([by]), path);
        const hot = mean(entries.map(({ alloc }) => alloc!.hot!.self));
        const whole = mean(entries.map(({ alloc }) => alloc!.bytes));
        assert.ok(Math.abs(hot / bytes - 1) < TOLERANCE, `${path}: ${hot} bytes in ${by}, not ${bytes}`);
        assert.ok(
          whole >= hot && whole < bytes * (1 + TOLERANCE) + OVERHEAD,
          `${path}: ${whole} bytes, not ${bytes}`,
        );
      }
      const buffers = mean(run.index.filter(({ url }) => url === "/c").map(({ alloc }) => alloc!.bytes));
      assert.ok(buffers < OVERHEAD, `${buffers} bytes for buffers, which are outside the heap`);
      for (const { hot, gc, files } of run.index) {
        assert.deepEqual([hot, gc, files.length], [null, 0, 1]);
        assert.match(files[0]!, /\.heapprofile$/);
      }
    });
  }
}

for (const runtime of all.filter((it) => !isSupported(it))) {
  Deno.test(`the server runs, and one sentence says what is missing on ${runtime.kind} ${runtime.version}`, async () => {
    const run = await heapRun(runtime, false, async (port) => {
      assert.equal((await ask(port, "/b")).body, "10000");
    });
    assert.equal(run.index.length, 0);
    assert.match(run.stderr, /cannot be profiled: V8 of Node 18 forgets .* needs Node 20 or newer/);
  });
}

const newest = supported.filter(({ kind }) => kind === "node").at(-1);
const BUNDLE = "bytes are those of functions in a source that only V8 has the map of";
if (newest === undefined) missing(BUNDLE, "no Node that can is at hand");
else {
  Deno.test(`${BUNDLE} on node ${newest.version}`, async () => {
    const use = async (started: Started) => {
      const port = Number((await started.printed(/port (\d+)/))[1]);
      // V8 is asked when no request is open.
      for (let i = 0; i < 5; i++) await ask(port, "/");
      started.kill("SIGTERM");
    };
    const command = [newest.path, appPath("heap_bundle.cjs")];
    const { index } = await profiled(command, use, { options: ["--profiler", "heap", "--quiet"] });
    const { function: name, file, line } = index.at(-1)!.alloc!.hot!;
    assert.deepEqual([name, file.endsWith("page.ts"), line], ["allocate", true, 10], file);
  });
}

const FILES = "all formats of a request hold its bytes, and so do converted and merged ones";
if (newest === undefined) missing(FILES, "no Node that can is at hand");
else {
  Deno.test(`${FILES} on node ${newest.version}`, async () => {
    const root = await mkdtemp(join(tmpdir(), "profsrv-test-"));
    const run = join(root, "run");
    try {
      const formats = "heapprofile,pprof,callgrind,speedscope,folded";
      const options = [
        "--profiler",
        "heap",
        "--heap-interval",
        "4KiB",
        "--format",
        formats,
        "--prof-path",
        run,
      ];
      const started = new Started([...forms.executable, ...options, "--", ...command(newest, false)]);
      const port = Number((await started.printed(/port (\d+)/))[1]);
      await ask(port, "/b?token=hidden");
      started.kill("SIGTERM");
      const { stderr } = await started.ended;
      assert.match(stderr, /2\.\d MB allocated: allocB \(heap\.mjs:15\)/);
      assert.match(stderr, /Most allocated: GET \/b, 2\.\d MB a request: allocB \(heap\.mjs:15\)/);
      const entry = JSON.parse(await readFile(join(run, "index.ndjson"), "utf8"));
      const { bytes } = entry.alloc;
      const totals = async (directory: string, files: readonly string[]) => {
        const found: Record<string, number> = {};
        for (const file of files) {
          const [, extension = ""] =
            /\.([a-z.]+)$/.exec(file.replace(/^.*?\d+ms\.\d+|^merged\.GET\.b/, "")) ?? [];
          found[extension] = totalOf(extension, await readFile(join(directory, file)), join(directory, file));
          const text = await readFile(join(directory, file), "latin1");
          assert.ok(!text.includes("hidden"), `${file} holds the token`);
        }
        return found;
      };
      const expected = Object.fromEntries(
        ["heapprofile", "pb.gz", "callgrind", "speedscope.json", "folded"].map((it) => [it, bytes]),
      );
      assert.deepEqual(await totals(run, entry.files), expected);
      const convert = (...words: string[]) => {
        const [file = "", ...args] = forms.executable;
        execFileSync(file, [...args, "convert", ...words], { encoding: "utf8", stdio: "pipe" });
      };
      const file = join(run, entry.files.find((it: string) => it.endsWith(".heapprofile")));
      const out = join(root, "out");
      convert(file, "--format", formats, "--out", out);
      assert.deepEqual(await totals(out, await readdir(out)), expected);
      const merged = join(root, "merged");
      convert(run, "--merge", "--format", formats, "--out", merged);
      assert.deepEqual(await totals(merged, await readdir(merged)), expected);
      for (const words of [[file], [run, "--merge"]]) {
        assert.throws(
          () => convert(...words, "--format", "cpuprofile"),
          /Cannot (?:convert|merge) ".*": it holds allocated bytes, which cpuprofile cannot/,
        );
      }
    } finally {
      await rm(root, { recursive: true });
    }
  });
}

function totalOf(extension: string, content: Uint8Array, path: string): number {
  const text = new TextDecoder().decode(content);
  switch (extension) {
    case "heapprofile":
      return checkHeapProfile(JSON.parse(text));
    case "pb.gz": {
      const { sample, sampleType, stringTable: { strings } } = decodePprof(content);
      assert.deepEqual(sampleType.map(({ type }) => strings[Number(type)]), ["samples", "alloc_space"]);
      return sample.reduce((sum, { value }) => sum + Number(value[1]), 0);
    }
    case "callgrind": {
      const output = execFileSync("callgrind_annotate", ["--show=Bytes", path], { encoding: "utf8" });
      return Number(/^([\d,]+).*PROGRAM TOTALS/m.exec(output)![1]!.replaceAll(",", ""));
    }
    case "speedscope.json": {
      const { unit, endValue } = JSON.parse(text).profiles[0];
      assert.equal(unit, "bytes");
      return endValue;
    }
    default:
      return text.trim().split("\n").reduce((sum, line) => sum + Number(line.split(" ").at(-1)), 0);
  }
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, it) => sum + it, 0) / values.length;
}
