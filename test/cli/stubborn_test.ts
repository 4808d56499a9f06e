import assert from "node:assert/strict";
import { stubbornText } from "../../src/cli/stubborn.ts";

/** A process, and the signals that would end it. */
function serving(pid: number, ...signals: string[]) {
  return { pid, endingSince: new Map(signals.map((it) => [it, 0])) };
}

Deno.test("who interrupts again is told who handles the signal itself, and what ends it", () => {
  const say = (...processes: ReturnType<typeof serving>[]) => stubbornText("SIGINT", processes, "linux");
  assert.equal(
    say(serving(7, "SIGTERM")),
    "process 7 handles SIGINT itself and has not ended; kill 7 ends it",
  );
  assert.equal(say(serving(7)), "process 7 handles SIGINT itself and has not ended; kill -9 7 ends it");
  assert.equal(
    say(serving(7), serving(8, "SIGTERM")),
    "processes 7 8 handle SIGINT themselves and have not ended; kill -9 7 8 ends them",
  );
  assert.equal(
    stubbornText("SIGINT", [serving(7)], "win32"),
    "process 7 handles SIGINT itself and has not ended; taskkill /F /PID 7 ends it",
  );
});

Deno.test("a process that the signal ends, in whichever thread it serves, is not said to handle it", () => {
  assert.equal(stubbornText("SIGINT", [serving(7, "SIGINT"), serving(7)], "linux"), undefined);
  assert.equal(stubbornText("SIGINT", [], "linux"), undefined);
});
