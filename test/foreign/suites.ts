/** Test suites that nobody here wrote: where they come from, what is run of them, and how they say what came out. */
import { createHash } from "node:crypto";
import { execFile } from "node:child_process";
import { cp, mkdir, readdir, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";

/** What a suite came to. */
export interface Outcome {
  readonly passed: number;
  readonly failed: number;
  /** The names of the failed tests. */
  readonly failures: readonly string[];
}

/** One program of a suite. */
export interface Program {
  readonly args: readonly string[];
  readonly read: (stdout: string) => Outcome;
}

export interface Suite {
  readonly name: string;
  /** In test/projects: what the suite needs, and where it runs, in `source`. */
  readonly project: string;
  /** Puts the suite into `source`. */
  readonly prepare: (project: string) => Promise<void>;
  readonly programs: (source: string) => Promise<readonly Program[]>;
}

const debian = {
  url: "https://deb.debian.org/debian/pool/main/n/node-express/node-express_4.18.2+~4.17.14.orig.tar.gz",
  sha256: "a9ace1a92a2b0a7e3fcd7a7612553d6208a464561c15ad38f349fc3ab0d7cda0",
};

/**
 * Files of undici 3.3.6 that come to an end on Node 18 and newer: it is of 2021, and others wait for ever for what Node does
 * no longer.
 */
const UNDICI = [
  ...["client-abort", "client-connect", "client-dispatch", "client-errors", "client-idempotent-body"],
  ...[
    "client-keep-alive",
    "client-reconnect",
    "client-request",
    "client-upgrade",
    "client-write-max-listeners",
  ],
  ...["close-and-destroy", "content-length", "fixed-queue", "get-head-body", "headers-as-array", "http-100"],
  ...["invalid-headers", "max-headers", "parser-issues", "pipeline-pipelining", "promises", "stream-compat"],
  ...["trailers", "validations"],
];

export const suites: readonly Suite[] = [
  {
    name: "Express 4.18.2",
    project: "suite_express",
    prepare: fromDebian,
    programs: async () => [{
      args: [
        ...["../node_modules/mocha/bin/mocha.js", "--require", "test/support/env", "--reporter", "json"],
        ...["--check-leaks", "test/", "test/acceptance/"],
      ],
      read: readMocha,
    }],
  },
  {
    name: "Koa 3.3.0 (documentation)",
    project: "suite_koa",
    prepare: async (project) => {
      await mkdir(join(project, "source"), { recursive: true });
      await cp(join(project, "documented.test.cjs"), join(project, "source", "documented.test.cjs"));
    },
    programs:
      async () => [{ args: ["--test", "--test-reporter=tap", "documented.test.cjs"], read: readNodeTest }],
  },
  {
    name: "Fastify 5.12.8",
    project: "suite_fastify",
    prepare: (project) => copyPackage(project, "fastify"),
    programs: async (source) => [{
      args: ["--test", "--test-reporter=tap", ...await testFiles(source)],
      read: readNodeTest,
    }],
  },
  {
    name: "undici 3.3.6",
    project: "suite_undici",
    prepare: (project) => copyPackage(project, "undici"),
    programs: async () =>
      UNDICI.map((name) => ({ args: [`test/${name}.js`], read: (text) => readTap(name, text) })),
  },
];

async function copyPackage(project: string, name: string): Promise<void> {
  await cp(join(project, "node_modules", name), join(project, "source"), { recursive: true });
}

async function fromDebian(project: string): Promise<void> {
  const response = await fetch(debian.url);
  if (!response.ok) throw new Error(`Cannot download "${debian.url}": ${response.status}`);
  const bytes = new Uint8Array(await response.arrayBuffer());
  const found = createHash("sha256").update(bytes).digest("hex");
  if (found !== debian.sha256) throw new Error(`Cannot use "${debian.url}": its digest is ${found}`);
  const archive = join(project, "source.tar.gz");
  await writeFile(archive, bytes);
  await mkdir(join(project, "source"));
  const args = ["-xzf", archive, "--strip-components=1", "-C", join(project, "source")];
  await promisify(execFile)("tar", args);
  await rm(archive);
}

/** As the package's own `npm test` finds them; those of other bundlers need more than is here. */
async function testFiles(source: string): Promise<string[]> {
  const names = await readdir(join(source, "test"), { recursive: true });
  return names.filter((name) => /\.test\.m?js$/.test(name) && !/bundler|node_modules/.test(name))
    .map((name) => join("test", name)).sort();
}

/** Whether the suite is in its place already. */
export function isPrepared(project: string): Promise<boolean> {
  return stat(join(project, "source")).then(() => true, () => false);
}

function readMocha(stdout: string): Outcome {
  const { stats, failures } = JSON.parse(stdout.slice(stdout.indexOf("{\n")));
  const names = (failures as { fullTitle: string }[]).map(({ fullTitle }) => fullTitle);
  return { passed: stats.passes, failed: stats.failures, failures: names };
}

/** https://testanything.org, as `node --test` prints it. */
function readNodeTest(stdout: string): Outcome {
  const count = (word: string) => Number(new RegExp(`^# ${word} (\\d+)$`, "m").exec(stdout)?.[1] ?? NaN);
  return { passed: count("pass"), failed: count("fail"), failures: failuresIn(stdout) };
}

/** Each assertion is a line. */
function readTap(file: string, stdout: string): Outcome {
  const failures = failuresIn(stdout).map((line) => `${file}: ${line}`);
  return { passed: stdout.match(/^ *ok \d/gm)?.length ?? 0, failed: failures.length, failures };
}

/** Without numbers and times, which vary. */
function failuresIn(tap: string): string[] {
  return [...tap.matchAll(/^ *not ok \d+(?: - )?(.*)$/gm)].map(([, name = ""]) =>
    name.replace(/ # time=.*/, "")
  );
}
