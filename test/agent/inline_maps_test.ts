/** How often, and for how long, the agent stops the world for maps that only V8 has. */
import assert from "node:assert/strict";
import process from "node:process";
import { InlineMaps } from "../../src/agent/inline_maps.ts";
import type { InspectorUse } from "../../src/agent/inspector.ts";

const MAP = { version: 3, sources: ["a.ts"], names: [], mappings: "AAAA" };
const URL = `data:application/json;base64,${Buffer.from(JSON.stringify(MAP)).toString("base64")}`;

/** Milliseconds. */
function cpuTime(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

/** An inspector whose debugger takes a core for so many milliseconds to begin, and tells of one script. */
function slow(milliseconds: number): { inspector: InspectorUse; stops: () => number } {
  let stops = 0;
  class Session {
    private tell: (message: unknown) => void = () => {};
    connect() {}
    disconnect() {}
    on(_name: string, tell: (message: unknown) => void) {
      this.tell = tell;
    }
    post(method: string) {
      if (method !== "Debugger.enable") return;
      const [until, cpu] = [performance.now() + milliseconds, cpuTime() + milliseconds];
      while (performance.now() < until || cpuTime() < cpu);
      this.tell({ params: { scriptId: String(++stops), url: "file:///a.ts", sourceMapURL: URL } });
    }
  }
  const inspector = { load: () => ({ Session }), hasOthers: () => false } as unknown as InspectorUse;
  return { inspector, stops: () => stops };
}

/** So many scripts as take V8 no time to tell. */
const FEW = 1;
/** Stops until that is refused, or so often. */
function stopAsOften(maps: InlineMaps, isBusy: boolean, most: number): number {
  for (let stops = 0; stops < most; stops++) {
    if (!maps.mayAsk(FEW, isBusy)) return stops;
    maps.ask(new Set([String(stops + 1)]), isBusy);
    assert.equal(maps.take([String(stops + 1)]).size, 1, "its map is there");
  }
  return most;
}

Deno.test("a stop of over 100 ms is the last one of its process, though it was estimated to be short", () => {
  for (const isBusy of [true, false]) {
    const { inspector } = slow(101);
    const maps = new InlineMaps(inspector);
    assert.equal(stopAsOften(maps, isBusy, 3), 1);
    assert.equal(maps.mayAsk(FEW, false), false);
  }
});

Deno.test("what stops took corrects the estimate of the next", () => {
  const { inspector } = slow(90);
  const maps = new InlineMaps(inspector);
  // 1,200 scripts are estimated to take 60 ms.
  assert.equal(maps.mayAsk(1200, true), true);
  // One script took 90 ms, so the machine is slow: 1,200 would take far more than 100 ms.
  assert.equal(stopAsOften(maps, true, 1), 1);
  assert.equal(maps.mayAsk(1200, true), false);
});

Deno.test("while requests are open there are three stops at most", () => {
  const { inspector } = slow(0);
  assert.equal(stopAsOften(new InlineMaps(inspector), true, 5), 3);
});
