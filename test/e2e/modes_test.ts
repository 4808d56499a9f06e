/** Node's own modes: debugging, tests, frozen intrinsics. Each goes on as if profsrv were not there. */
import assert from "node:assert/strict";
import { Debugger } from "../support/debugger.ts";
import { checkLaws } from "../support/laws.ts";
import { appPath, ask, type Ended, profiled, Started } from "../support/profiled.ts";
import { runtimes } from "../support/runtimes.ts";

const nodes = (await runtimes()).filter(({ kind }) => kind === "node");

async function portOf(started: Started): Promise<number> {
  return Number((await started.printed(/port (\d+)/))[1]);
}

/** Sets a breakpoint, has a request stop there, looks around, and goes on; then takes a CPU profile of one. */
async function debug(started: Started, isAtStart: boolean): Promise<object> {
  const [, url = ""] = await started.printed(/listening on (ws:\S+)/, "stderr");
  const client = await Debugger.connect(url);
  try {
    await client.call("Debugger.enable");
    const first: unknown[] = [];
    if (isAtStart) {
      await client.call("Runtime.runIfWaitingForDebugger");
      const { callFrames } = await client.event("Debugger.paused");
      first.push(callFrames[0].url.split("/").at(-1), callFrames[0].location.lineNumber);
      await client.call("Debugger.resume");
    }
    const port = await portOf(started);
    const { locations } = await client.call("Debugger.setBreakpointByUrl", {
      urlRegex: "debugged\\.cjs$",
      lineNumber: 9,
    });
    const answer = ask(port, "/stopped");
    const { callFrames } = await client.event("Debugger.paused");
    const evaluated = await client.call("Debugger.evaluateOnCallFrame", {
      callFrameId: callFrames[0].callFrameId,
      expression: "request.url",
    });
    await client.call("Debugger.disable");
    const { body } = await answer;
    await client.call("Profiler.enable");
    await client.call("Profiler.start");
    await ask(port, "/burn");
    const { profile } = await client.call("Profiler.stop");
    const names = profile.nodes.map((it: { callFrame: { functionName: string } }) =>
      it.callFrame.functionName
    );
    return {
      first,
      locations: locations.length,
      stack: callFrames.map((it: { functionName: string }) => it.functionName),
      value: evaluated.result.value,
      body,
      burnt: names.includes("burn"),
    };
  } finally {
    client.close();
  }
}

/** What a server answers to requests one after another, alone and profiled. */
async function answers(command: string[], paths: string[]) {
  const use = async (started: Started) => {
    const port = await portOf(started);
    const bodies: string[] = [];
    for (const path of paths) bodies.push((await ask(port, path)).body);
    started.kill("SIGTERM");
    return bodies;
  };
  const alone = new Started(command);
  const without = await use(alone);
  let within: string[] = [];
  const run = await profiled(command, async (started) => void (within = await use(started)));
  await alone.ended;
  return { without, within, run };
}

for (const node of nodes) {
  for (const flag of ["--inspect", "--inspect-brk"]) {
    Deno.test(`a debugger at ${flag} works on a profiled server, node ${node.version}`, async () => {
      const command = [node.path, `${flag}=127.0.0.1:0`, appPath("debugged.cjs")];
      const alone = new Started(command);
      const without = await debug(alone, flag === "--inspect-brk");
      alone.kill("SIGKILL");
      let within: object = {};
      const run = await profiled(command, async (started) => {
        within = await debug(started, flag === "--inspect-brk");
        started.kill("SIGTERM");
      });
      await alone.ended;
      assert.deepEqual(within, without);
      assert.deepEqual(run.index.map(({ path }) => path), ["/stopped", "/burn"]);
      checkLaws(run);
    });
  }

  Deno.test(`node --test gives the same results, node ${node.version}`, async () => {
    const command = [node.path, "--test", "--test-reporter=tap", appPath("tested.cjs")];
    const results = ({ code, stdout }: Ended) => ({
      code,
      lines: stdout.split("\n").filter((it) => /^\s*(not )?ok |^# (tests|pass|fail) /.test(it)),
    });
    const run = await profiled(command, async () => {});
    const alone = results(await new Started(command).ended);
    assert.deepEqual(results(run), alone);
    assert.ok(alone.lines.length >= 6, alone.lines.join("\n"));
    assert.deepEqual(run.index.map(({ path }) => path), ["/1", "/2", "/3"]);
  });

  Deno.test(`with frozen intrinsics a server is profiled and the same, node ${node.version}`, async () => {
    const command = [node.path, "--frozen-intrinsics", "--no-warnings", appPath("observant.cjs"), "exit"];
    const use = async (started: Started) => {
      const port = Number((await started.printed(/port (\d+)/, "stderr"))[1]);
      await ask(port, "/look", { method: "POST", body: "body" });
      await ask(port, "/end").catch(() => {});
    };
    const alone = new Started(command);
    await use(alone);
    const run = await profiled(command, use, { options: ["--quiet"] });
    const { code, stdout } = await alone.ended;
    assert.deepEqual([run.code, run.stdout], [code, stdout]);
    assert.equal(run.index.length, 2);
  });

  Deno.test(`an application's own hooks and storage see the same, node ${node.version}`, async () => {
    const paths = ["/promises", "/hooked", "/promises"];
    const { without, within, run } = await answers([node.path, appPath("hooked.cjs")], [
      "/",
      "/",
      "/",
      ...paths,
    ]);
    assert.deepEqual(within, without);
    const [first, hooked] = without.slice(3).map((it) => JSON.parse(it));
    assert.ok(first.made > 10 && hooked.stored === "mine", without.join("\n"));
    assert.equal(run.index.length, 6);
    // Whoever watches promises has profsrv follow requests in another way, here in the middle of one.
    for (const { path, cpu } of run.index) assert.ok(path !== "/promises" || cpu >= 29, `${path} ${cpu}`);
    checkLaws(run);
  });

  for (const how of ["none", "hooks", "v8", "storage", "promise"]) {
    Deno.test(`an application that watches promises before it serves sees the same: ${how}, node ${node.version}`, async () => {
      const { without, within, run } = await answers([node.path, appPath("watching.cjs"), how], ["/1", "/2"]);
      assert.deepEqual(within, without);
      assert.equal(JSON.parse(without[1]!).stored, "mine");
      assert.deepEqual(run.index.map(({ path }) => path), ["/1", "/2"]);
      for (const { cpu } of run.index) assert.ok(cpu >= 39, `${cpu} ms`);
      checkLaws(run);
    });
  }

  Deno.test(`an application finds in its storages what it put there, node ${node.version}`, async () => {
    const command = [node.path, appPath("storages.cjs")];
    const use = async (started: Started) => {
      const port = await portOf(started);
      const bodies = await Promise.all([1, 2, 3].map(() => ask(port, "/")));
      started.kill("SIGTERM");
      return bodies.map(({ body }) => JSON.parse(body));
    };
    const alone = new Started(command);
    const without = await use(alone);
    let within: unknown[] = [];
    const run = await profiled(command, async (started) => void (within = await use(started)));
    await alone.ended;
    assert.deepEqual(within, without);
    assert.equal(run.index.length, 3);
    checkLaws(run);
  });
}
