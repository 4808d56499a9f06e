import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { join } from "node:path";
import process from "node:process";
import { mustForward, signalsToHold } from "../../src/launch/signals.ts";
import { COUNTING } from "../support/counting.ts";

const wrapper = [
  ...[Deno.execPath(), "run", "-A", "--no-check", "--no-config"],
  join(import.meta.dirname!, "wrapper.ts"),
];
/** Runs a program given as text; the project's own configuration is not its concern. */
const evaluate = [Deno.execPath(), "eval", "--no-config"];
const windows = process.platform === "win32";

interface Wrapped {
  readonly pid: number;
  printed(text: string): Promise<void>;
  readonly ended: Promise<{ code: number | null; signal: string | null; lines: string[] }>;
}

/** Starts a command in the wrapper, as the leader of a process group of its own: as a shell starts it. */
function wrap(command: readonly string[]): Wrapped {
  const [file = "", ...args] = [...wrapper, ...command];
  const child = spawn(file, args, { detached: true, stdio: ["ignore", "pipe", "inherit"] });
  let output = "";
  let over = false;
  const waiting: { text: string; resolve(): void; reject(error: Error): void }[] = [];
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    output += text;
    for (const it of waiting) if (output.includes(it.text)) it.resolve();
  });
  return {
    pid: child.pid!,
    printed: (text) =>
      new Promise((resolve, reject) => {
        if (output.includes(text)) resolve();
        else if (over) reject(new Error(`ended without "${text}": ${output}`));
        else waiting.push({ text, resolve, reject });
      }),
    ended: new Promise((resolve) =>
      child.on("close", (code, signal) => {
        over = true;
        for (const it of waiting) it.reject(new Error(`ended without "${it.text}": ${output}`));
        resolve({ code, signal, lines: output.trim().split("\n") });
      })
    ),
  };
}

for (const signal of ["SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT"] as const) {
  for (const whom of ["the wrapper alone", "the whole process group"] as const) {
    Deno.test({
      name: `${signal} to ${whom} reaches the command once`,
      ignore: windows,
      async fn() {
        const wrapped = wrap([...evaluate, COUNTING]);
        await wrapped.printed("ready");
        process.kill(whom === "the wrapper alone" ? wrapped.pid : -wrapped.pid, signal);
        await wrapped.printed("got");
        // Passed on after the first signal has been dealt with: a second copy of that one would be here by then.
        process.kill(wrapped.pid, "SIGUSR2");
        const { code, lines } = await wrapped.ended;
        assert.deepEqual(JSON.parse(lines.at(-1) ?? ""), { [signal]: 1 });
        assert.equal(code, 5);
      },
    });
  }
}

Deno.test({
  name: "signals to the group and to the wrapper alone, in turn, each count once",
  ignore: windows,
  async fn() {
    const wrapped = wrap([...evaluate, COUNTING]);
    await wrapped.printed("ready");
    for (const count of [1, 2, 3]) {
      process.kill(-wrapped.pid, "SIGINT");
      await wrapped.printed(`got SIGINT ${count}`);
      process.kill(wrapped.pid, "SIGTERM");
      await wrapped.printed(`got SIGTERM ${count}`);
    }
    process.kill(wrapped.pid, "SIGUSR2");
    const { lines } = await wrapped.ended;
    assert.deepEqual(JSON.parse(lines.at(-1) ?? ""), { SIGINT: 3, SIGTERM: 3 });
  },
});

for (const signal of ["SIGINT", "SIGTERM", "SIGHUP", "SIGUSR1", "SIGUSR2", "SIGKILL"] as const) {
  Deno.test({
    name: `a command killed by ${signal} leaves the wrapper killed by ${signal}`,
    ignore: windows,
    async fn() {
      const { code, signal: end } = await wrap(["sh", "-c", `kill -${signal.slice(3)} $$`]).ended;
      assert.deepEqual({ code, end }, { code: null, end: signal });
    },
  });
}

for (const code of [0, 1, 2, 42, 130, 255]) {
  Deno.test(`a command that ends with ${code} leaves the wrapper ended with ${code}`, async () => {
    const { code: end, signal } = await wrap([...evaluate, `Deno.exit(${code})`]).ended;
    assert.deepEqual({ end, signal }, { end: code, signal: null });
  });
}

const UNIX = [
  ...["SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT", "SIGUSR1", "SIGUSR2", "SIGALRM"],
  ...["SIGWINCH", "SIGCONT"],
];
for (
  const [platform, held] of [
    ["win32", ["SIGINT", "SIGHUP", "SIGBREAK"]],
    ["linux", UNIX],
    ["darwin", UNIX],
  ] as const
) {
  Deno.test(`on ${platform} these signals are the command's: ${held.join(", ")}`, () => {
    assert.deepEqual(signalsToHold(platform), held);
  });
}

const facts: [...Parameters<typeof mustForward>, forward: boolean][] = [
  [{ signal: "SIGINT", platform: "linux", group: true, terminal: true }, false],
  [{ signal: "SIGINT", platform: "linux", group: false, terminal: true }, true],
  [{ signal: "SIGTERM", platform: "darwin", group: true, terminal: false }, false],
  [{ signal: "SIGINT", platform: "linux", group: undefined, terminal: true }, false],
  [{ signal: "SIGWINCH", platform: "linux", group: undefined, terminal: true }, false],
  [{ signal: "SIGINT", platform: "linux", group: undefined, terminal: false }, true],
  [{ signal: "SIGTERM", platform: "linux", group: undefined, terminal: true }, true],
  [{ signal: "SIGINT", platform: "win32", group: undefined, terminal: true }, false],
  [{ signal: "SIGBREAK", platform: "win32", group: undefined, terminal: false }, false],
  [{ signal: "SIGHUP", platform: "win32", group: undefined, terminal: true }, false],
];

for (const [known, forward] of facts) {
  Deno.test(`with ${JSON.stringify(known)} the signal is ${forward ? "passed on" : "left alone"}`, () => {
    assert.equal(mustForward(known), forward);
  });
}
