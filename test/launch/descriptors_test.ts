import assert from "node:assert/strict";
import { type Descriptor, handedDescriptors } from "../../src/launch/descriptors.ts";
import { withOwnPid } from "../../src/launch/pid_variables.ts";

/** `number:target`, with a `!` in front where a command gets it by itself. */
function descriptors(text: string): Descriptor[] {
  return text.trim().split(/\s+/).map((it) => {
    const [, open, fd, target = ""] = /^(!?)(\d+):(.*)$/.exec(it)!;
    return { fd: Number(fd), target, closesOnExec: open === "" };
  });
}

const STREAMS = "0:/dev/null 1:pipe:[1] 2:pipe:[1]";
const own = (from: number) =>
  [
    "anon_inode:[eventpoll]",
    "anon_inode:[io_uring]",
    "pipe:[7]",
    "pipe:[7]",
    "anon_inode:[eventfd]",
    "/dev/null",
  ]
    .map((it, i) => `${from + i}:${it}`).join(" ");

/** What is open, what was handed over for sure, and what most likely was. */
const table: [about: string, open: string, sure: number[], likely: number[]][] = [
  ["nothing", own(3), [], []],
  ["a socket activation", `3:socket:[5] 4:socket:[6] ${own(5)}`, [3, 4], []],
  ["make's jobserver, a pipe with both ends", `3:pipe:[5] 4:pipe:[5] ${own(5)}`, [3, 4], []],
  ["an event poll of our parent's and a socket", `3:socket:[5] 4:anon_inode:[eventpoll] ${own(5)}`, [3], []],
  ["with gaps", `3:socket:[5] 11:socket:[6] 12:/a/file 13:pipe:[9] ${own(4)}`, [3], [11, 12, 13]],
  ["what a command gets by itself", `!63:pipe:[9] ${own(3)}`, [], []],
];

for (const [about, open, sure, likely] of table) {
  Deno.test(`of all that is open, what our parent handed over is known: ${about}`, () => {
    assert.deepEqual(handedDescriptors(descriptors(`${STREAMS} ${open}`)), { sure, likely });
  });
}

Deno.test("a program gets its own pid in the variables that hold ours, and only there", () => {
  const program = { file: "node", args: ["s.js"], verbatim: false };
  for (const env of [{}, { LISTEN_FDS: "1" }, { LISTEN_PID: "8", WATCHDOG_PID: "71" }]) {
    assert.equal(withOwnPid(program, env, 7), program);
  }
  const { file, args } = withOwnPid(program, { LISTEN_PID: "7", WATCHDOG_PID: "8" }, 7);
  assert.equal(file, "/bin/sh");
  assert.deepEqual(args, [
    "-c",
    'unset LISTEN_PIDFDID; LISTEN_PID=$$; export LISTEN_PID; exec "$0" "$@"',
    "node",
    "s.js",
  ]);
});
