/** An APM agent in the same process: the server answers as without profsrv, and each request has its own profile. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { absent, profiles } from "../support/compatibility.ts";
import { checkLaws, type CpuProfile, samplesUnder } from "../support/laws.ts";
import { askAll, contentOf, type Ended, profiled, Started } from "../support/profiled.ts";
import { installedProject } from "../support/projects.ts";
import { missing, runtimes } from "../support/runtimes.ts";

/** As `test/projects/apm/server.cjs` has them, and the oldest Node that each supports. */
const agents = [
  { name: "dd-trace", title: "dd-trace 6", since: 22 },
  { name: "OpenTelemetry", title: "OpenTelemetry", since: 22 },
  { name: "Elastic APM", title: "Elastic APM 4", since: 18 },
] as const;

/** Nobody is there to send anything to. */
const env = {
  DD_INSTRUMENTATION_TELEMETRY_ENABLED: "false",
  DD_REMOTE_CONFIGURATION_ENABLED: "false",
  OTEL_METRICS_EXPORTER: "none",
  OTEL_LOGS_EXPORTER: "none",
};

const paths = Array.from({ length: 24 }, (_, i) => i % 2 === 0 ? `/slow/${i}` : `/fast/${i}`);

/** What the server answers, and how it ends. */
async function use(started: Started): Promise<unknown[]> {
  const [, port] = await started.printed(/port (\d+)/);
  const answers = await askAll(Number(port), paths, 8);
  started.kill("SIGTERM");
  return answers.map(({ status, body }) => [status, body]);
}

const ending = ({ code, signal, stderr }: Ended) => [code, signal, stderr];

const project = await installedProject("apm");
if (project === undefined) {
  missing("APM agents beside profsrv", "test/projects/apm is not installed: MATRIX=all does that");
}
for (const runtime of project === undefined ? [] : await runtimes()) {
  for (const { name, title, since } of agents) {
    if (runtime.kind !== "node") continue;
    const row = { group: "Beside other tools", name: title } as const;
    if (Number.parseInt(runtime.version) < since) {
      absent(row, runtime);
      continue;
    }
    profiles(row, runtime, async () => {
      const command = [runtime.path, join(project!, "server.cjs"), name];
      const alone = new Started(command, { env });
      const expected = await use(alone);
      assert.deepEqual(expected, paths.map((path) => [200, `${path} followed`]));
      let answers: unknown[] = [];
      const run = await profiled(command, async (started) => void (answers = await use(started)), {
        options: ["--quiet"],
        env,
      });
      assert.deepEqual([answers, ending(run)], [expected, ending(await alone.ended)]);
      checkLaws(run);
      assert.deepEqual(run.index.map(({ url }) => url).sort(), [...paths].sort());
      let right = 0;
      let wrong = 0;
      for (const { path, route, files } of run.index) {
        const [own, foreign] = path.startsWith("/slow") ? ["slowWork", "fastWork"] : ["fastWork", "slowWork"];
        assert.equal(route, own === "slowWork" ? "/slow/:id" : "/fast/:id");
        const profile = JSON.parse(contentOf(run, files[0]!)) as CpuProfile;
        right += samplesUnder(profile, own!);
        wrong += samplesUnder(profile, foreign!);
      }
      assert.ok(right > 100, `${right} samples`);
      // One may be taken just when the event loop turns from one request to another.
      assert.ok(wrong <= 1, `${wrong} samples in a wrong request, ${right} in the right one`);
    });
  }
}
