import assert from "node:assert/strict";
import { endBy, endingSignals } from "../../src/agent/signal_end.ts";

Deno.test("on Windows the console's signals end a server, with the code of Windows' own handler", () => {
  assert.deepEqual(endingSignals("win32"), ["SIGHUP", "SIGINT", "SIGBREAK"]);
  for (const signal of endingSignals("win32")) {
    const end = endBy(signal, "win32");
    assert.equal("code" in end && end.code >>> 0, 0xc000013a, "STATUS_CONTROL_C_EXIT");
  }
});

Deno.test("elsewhere a server ends by the very signal", () => {
  for (const platform of ["linux", "darwin"]) {
    assert.deepEqual(endingSignals(platform), [
      "SIGHUP",
      "SIGINT",
      "SIGQUIT",
      "SIGTERM",
      "SIGUSR2",
      "SIGALRM",
    ]);
    for (const signal of endingSignals(platform)) assert.deepEqual(endBy(signal, platform), { signal });
  }
});
