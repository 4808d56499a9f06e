import assert from "node:assert/strict";
import { type ChildExit, exitAfterKill, exitCodeOf, exitOf, failureOf } from "../../src/launch/child_exit.ts";

const exits: [code: number | null, signal: string | null, exit: ChildExit][] = [
  [0, null, { code: 0 }],
  [3, null, { code: 3 }],
  [3221225786, null, { code: 3221225786 }],
  [null, "SIGTERM", { signal: "SIGTERM" }],
  [143, "SIGTERM", { signal: "SIGTERM" }],
  [null, null, { code: 1 }],
];

for (const [code, signal, exit] of exits) {
  Deno.test(`code ${code} and signal ${signal} are ${JSON.stringify(exit)}`, () => {
    assert.deepEqual(exitOf(code, signal), exit);
  });
}

const codes: [exit: ChildExit, code: number, platform?: string][] = [
  [{ signal: "SIGINT" }, 3221225786, "win32"],
  [{ signal: "SIGBREAK" }, 3221225786, "win32"],
  [{ signal: "SIGTERM" }, 143, "win32"],
  [{ code: 3221225786 }, 3221225786, "win32"],
  [{ code: 0 }, 0],
  [{ code: 42 }, 42],
  [{ signal: "SIGHUP" }, 129],
  [{ signal: "SIGINT" }, 130],
  [{ signal: "SIGKILL" }, 137],
  [{ signal: "SIGTERM" }, 143],
  [{ signal: "SIGUNHEARD" }, 128],
  [{ failed: "not found", text: "" }, 127],
  [{ failed: "not executable", text: "" }, 126],
];

for (const [exit, code, platform = "linux"] of codes) {
  Deno.test(`${JSON.stringify(exit)} stands for the code ${code} on ${platform}`, () =>
    assert.equal(exitCodeOf(exit, platform), code));
}

const failures: [code: string | undefined, text: string][] = [
  ["ENOENT", 'Cannot run "x": the interpreter that its first line names is missing'],
  ["EACCES", 'Cannot run "x": permission denied'],
  ["E2BIG", 'Cannot run "x": its arguments and environment are too long'],
  ["EWHATEVER", 'Cannot run "x": the system says EWHATEVER'],
  [undefined, 'Cannot run "x": the system says no'],
];

for (const [code, text] of failures) {
  Deno.test(`a spawn that fails with ${code} says: ${text}`, () => {
    assert.deepEqual(failureOf("x", code), { failed: "not executable", text });
  });
}

/** How it ended, in the name of which signal we killed it, the platform, and how that is told. */
const kills: [exit: ChildExit, inNameOf: string | undefined, platform: string, expected: ChildExit][] = [
  [{ code: 1 }, "SIGTERM", "win32", { signal: "SIGTERM" }],
  [{ code: 1 }, "SIGINT", "win32", { signal: "SIGINT" }],
  [{ code: 1 }, undefined, "win32", { code: 1 }],
  [{ code: 3 }, "SIGINT", "win32", { code: 3 }],
  [{ code: 1 }, "SIGTERM", "linux", { code: 1 }],
  [{ signal: "SIGKILL" }, "SIGTERM", "linux", { signal: "SIGTERM" }],
  [{ signal: "SIGKILL" }, undefined, "linux", { signal: "SIGKILL" }],
];

for (const [exit, inNameOf, platform, expected] of kills) {
  const what = `${JSON.stringify(exit)} on ${platform} when we killed it ${
    inNameOf === undefined ? "not" : `for ${inNameOf}`
  }`;
  Deno.test(`${what}: ${JSON.stringify(expected)}`, () => {
    assert.deepEqual(exitAfterKill(exit, { inNameOf, platform }), expected);
  });
}
