import assert from "node:assert/strict";
import { checkProfile } from "../../src/profile/check.ts";
import { hideProfiler } from "../../src/profile/hide_profiler.ts";
import type { Profile } from "../../src/profile/model.ts";
import { transform } from "../../src/profile/transforms.ts";
import { fromFolded, toFolded } from "../support/folded.ts";
import { testRandomly } from "../support/random.ts";

const AGENT = "/tmp/agent.cjs";

/** Stacks on which no sample and no other stack stands, and frames that no stack has. */
function unused({ frames, stacks, samples }: Profile): string[] {
  const used = new Set([...stacks.parent, ...samples.stack]);
  const shown = new Set(stacks.frame);
  return [
    ...stacks.frame.flatMap((_, s) => used.has(s) ? [] : [`stack ${s}`]),
    ...frames.flatMap((_, f) => shown.has(f) ? [] : [`frame ${f}`]),
  ];
}

const cases: readonly [string, string, string][] = [
  ["a profile without the agent stays as it is", "a;b@node:fs 10", "a;b@node:fs 10"],
  [
    "the agent's work is one frame, whatever it calls in the runtime",
    "a;on@AGENT 1\n a;on@AGENT;x@AGENT;get@node:als 2\n a;on@AGENT;(native) 3",
    "a;(profsrv) 1\na;(profsrv) 2\na;(profsrv) 3",
  ],
  [
    "internals of the runtime stay where the agent did not call them",
    "tick@node:timers;on@AGENT 1\n tick@node:timers;b 2",
    "tick@node:timers;(profsrv) 1\ntick@node:timers;b 2",
  ],
  ["an agent without a caller is a root", "on@AGENT 5", "(profsrv) 5"],
  [
    "the application under the agent is shown as if the agent were not there",
    "on@AGENT;run@node:als;app;work 5\n on@AGENT;run@node:als 1",
    "run@node:als;app;work 5\n(profsrv) 1",
  ],
  [
    "the application shows its own calls of the runtime, also under the agent",
    "on@AGENT;app;read@node:fs 5",
    "app;read@node:fs 5",
  ],
  [
    "the agent may be on a stack twice",
    "on@AGENT;app;on@AGENT;get@node:als 5\n on@AGENT;app;on@AGENT;other 6",
    "app;(profsrv) 5\napp;other 6",
  ],
  [
    "what only passes on hides itself alone",
    "a;emit@AGENT;run@node:als;flow@node:streams 5\n a;emit@AGENT 1\n a;emit@AGENT;on@AGENT;get@node:als 2",
    "a;run@node:als;flow@node:streams 5\na;(profsrv) 1\na;(profsrv) 2",
  ],
  [
    "passing on inside of the agent's work stays the agent's work",
    "on@AGENT;emit@AGENT;x@node:a 5",
    "(profsrv) 5",
  ],
  [
    "the agent's work is one frame where it began, also beside the application",
    "a;on@AGENT;x@node:a;on@AGENT 5\n a;on@AGENT;x@node:a;app 6",
    "a;(profsrv) 5\na;x@node:a;app 6",
  ],
];
for (const [name, before, after] of cases) {
  Deno.test(name, () => {
    const profile = fromFolded(before.replaceAll("AGENT", AGENT));
    const hidden = transform(profile, [hideProfiler(AGENT, ["emit"])]);
    assert.deepEqual(checkProfile(hidden), []);
    assert.equal(toFolded(hidden), after);
    assert.deepEqual(unused(hidden), []);
  });
}

const agents: readonly [string, string][] = [
  ["/tmp/run-1/agent.cjs", "/tmp/run-1/agent.cjs"],
  ["/tmp/run-1/agent.cjs", "profsrv:agent"],
  ["/tmp/run-1/agent.cjs", "file:///tmp/run-1/agent.cjs"],
  ["/var/my tmp/run 1/agent.cjs", "file:///private/var/my%20tmp/run%201/agent.cjs"],
  ["C:\\Temp\\run-1\\agent.cjs", "file:///C:/Temp/run-1/agent.cjs"],
  ["file:///tmp/run-1/agent.mjs", "file:///tmp/run-1/agent.mjs"],
];
for (const [path, url] of agents) {
  Deno.test(`the agent ${path} is found as the script ${url}`, () => {
    const profile = { ...fromFolded("a 1"), frames: [{ name: "on", url, line: 0, column: 0 }] };
    assert.equal(toFolded(hideProfiler(path)(profile)), "(profsrv) 1");
  });
}

Deno.test("the agent of another run and other files beside it are not the agent", () => {
  for (const other of ["/tmp/run-2/agent.cjs", "/tmp/run-1/app.cjs", "agent.cjs", ""]) {
    const profile = { ...fromFolded("a 1"), frames: [{ name: "on", url: other, line: 0, column: 0 }] };
    assert.equal(hideProfiler("/tmp/run-1/agent.cjs")(profile), profile);
  }
});

testRandomly(
  "hiding keeps every sample's time, leaves no agent, and loses no application frame",
  300,
  (random) => {
    const names = ["a", "b", `on@${AGENT}`, `emit@${AGENT}`, "x@node:x", "(native)"];
    const stack = (): string =>
      Array.from({ length: random.integer(1, 8) }, () => random.pick(names)).join(";");
    const before = fromFolded(
      Array.from({ length: 12 }, () => `${stack()} ${random.integer(0, 9)}`).join("\n"),
    );
    const after = hideProfiler(AGENT, ["emit"])(before);
    assert.deepEqual(checkProfile(after), []);
    assert.deepEqual([after.samples.startAt, after.samples.time], [
      before.samples.startAt,
      before.samples.time,
    ]);
    assert.ok(!after.frames.some((frame) => frame.url === AGENT));
    const application = (text: string): string[] =>
      text.split("\n").map((row) =>
        row.replace(/ \d+$/, "").split(";").filter((name) => /^[ab]$/.test(name)).join(";")
      );
    assert.deepEqual(application(toFolded(after)), application(toFolded(before)));
  },
);
