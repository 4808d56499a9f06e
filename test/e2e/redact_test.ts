/** What is secret in a request or in the command stands nowhere in what a run writes and says. */
import assert from "node:assert/strict";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { appPath, forms, Started } from "../support/profiled.ts";
import { head, RawClient } from "../support/raw_client.ts";

const SECRET = "hunter2";

/** Request targets as they stand in the first line of a request. */
const targets = [
  `/a?token=${SECRET}&page=2`,
  `/b?user%5Bpassword%5D=${SECRET}`,
  `/c;sid=${SECRET}/d`,
  `/e#access_token=${SECRET}`,
  `http://user:${SECRET}@h/f?X-Amz-Signature=${SECRET}`,
  `/g?next=https%3A%2F%2Fh%2F%3Fcode%3D${SECRET}`,
  `/h%3Ftoken%3D${SECRET}`,
];

/** Runs a server with a secret in its command, asks for all targets, and gives all that was written and said. */
async function everything(
  options: readonly string[],
): Promise<{ names: string; texts: string; index: string }> {
  const directory = await mkdtemp(join(tmpdir(), "profsrv-test-"));
  try {
    const formats = "cpuprofile,callgrind,pprof,speedscope,folded";
    const own = [
      "--prof-path",
      directory,
      "--format",
      formats,
      "--prof-file",
      "{path}.{query}.{route}.{seq}",
      ...options,
    ];
    const command = [
      "node",
      appPath("hello.cjs"),
      `--password=${SECRET}`,
      `postgres://u:${SECRET}@h`,
      "--token",
      SECRET,
    ];
    const started = new Started([...forms.executable, ...own, "--", ...command]);
    const port = Number((await started.printed(/port (\d+)/))[1]);
    for (const target of targets) {
      const client = new RawClient(port);
      client.say(head(`GET ${target}`, "Connection: close"));
      await client.hears(/hello/);
      await client.closed;
    }
    started.kill("SIGTERM");
    const { stderr } = await started.ended;
    const report = await new Started([...forms.executable, "report", directory]).ended;
    const names = (await readdir(directory, { recursive: true })).sort();
    const contents = await Promise.all(names.map(async (name) => {
      const bytes = await readFile(join(directory, name));
      return name.endsWith(".gz") ? gunzipSync(bytes).toString("latin1") : bytes.toString();
    }));
    const index = contents[names.indexOf("index.ndjson")]!;
    return { names: names.join("\n"), texts: [stderr, report.stdout, ...contents].join("\n"), index };
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

Deno.test("a secret stands in no file, file name, line, index or report", async () => {
  const { names, texts, index } = await everything([]);
  assert.equal(index.trim().split("\n").length, targets.length);
  assert.equal(
    names.trim().split("\n").length,
    3 + 5 * (targets.length + 1),
    "with what ran outside of requests",
  );
  assert.ok(!names.includes(SECRET), names);
  assert.ok(
    !texts.includes(SECRET),
    texts.split("\n").filter((it) => it.includes(SECRET)).join("\n").slice(0, 2000),
  );
  assert.match(index, /"url":"\/a\?token=\*\*\*&page=2","path":"\/a"/);
  assert.match(texts, /"GET \/a\?token=\*\*\*&page=2 HTTP/);
});

Deno.test("with --redact none all is written as it came", async () => {
  const { names, texts } = await everything(["--redact", "none"]);
  assert.ok(names.includes(SECRET));
  for (const target of targets) assert.ok(texts.includes(target), target);
});

Deno.test("--redact with names hides these in place of the usual, and all hides every value", async () => {
  const own = await everything(["--redact", "page,X-Amz-Signature"]);
  assert.match(own.index, new RegExp(`"url":"/a\\?token=${SECRET}&page=\\*\\*\\*"`));
  const all = await everything(["--redact=all"]);
  assert.match(all.index, /"url":"\/a\?token=\*\*\*&page=\*\*\*"/);
});
