/** The smallest wrapper: runs its arguments as a command and ends as the command did. For tests of real signals. */
import process from "node:process";
import {
  exitLike,
  findCommand,
  holdSignals,
  kindOfFile,
  planLaunch,
  startChild,
} from "../../src/launch/mod.ts";

const command = process.argv.slice(2);
const [word = ""] = command;
const { env, platform } = process;
const found = findCommand(word, { env, platform, kindOf: kindOfFile });
if ("failed" in found) {
  exitLike(found);
} else {
  const plan = planLaunch({ command, file: found.file, env, platform });
  const running: { child?: ReturnType<typeof startChild> } = {};
  holdSignals((signal) => void running.child?.pass(signal));
  running.child = startChild(plan, word);
  exitLike(await running.child.ended);
}
