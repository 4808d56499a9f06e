/**
 * How long the event loop stands still at most, with and without profsrv, in a server with 30,000 functions loaded: by
 * the server's own histogram of its loop's delay. Prints every round, for the longest is what matters.
 *
 *     deno task bench:stall [--runtime "node 26"] [--rounds 5] [--seconds 5]
 */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { installedProject } from "../support/projects.ts";
import { runtimes } from "../support/runtimes.ts";
import { measure } from "./server/load.ts";

const { values } = parseArgs({
  options: {
    runtime: { type: "string" },
    rounds: { type: "string", default: "5" },
    seconds: { type: "string", default: "5" },
  },
});

/** Milliseconds, and sets the histogram back. */
const longest = async (port: number) =>
  Number(await (await fetch(`http://127.0.0.1:${port}/longest`)).text());

const project = await installedProject("bench");
if (project === undefined) throw new Error("The server is not there yet: MATRIX=all fetches it");
console.log("runtime        profiler  longest ms   of these turning windows, ms each at most, at start");
for (const { kind, version, path } of await runtimes()) {
  const name = `${kind} ${version}`;
  if (kind !== "node" || (values.runtime !== undefined && !name.includes(values.runtime))) continue;
  for (let round = 0; round < Number(values.rounds); round++) {
    for (const isProfiled of [false, true]) {
      const scratch = mkdtempSync(join(tmpdir(), "profsrv-bench-"));
      const server = [path, join(project, "servers.mjs"), "large"];
      let most = NaN;
      await measure({
        command: isProfiled ? ["dist/profsrv", "--quiet", "--prof-path", scratch, "--", ...server] : server,
        seconds: Number(values.seconds),
        connections: 4,
        before: async (port) => void await longest(port),
        after: async (port) => void (most = await longest(port)),
      });
      const cost = isProfiled ? JSON.parse(readFileSync(join(scratch, "run.json"), "utf8")).cost : undefined;
      rmSync(scratch, { recursive: true, force: true });
      const own = cost === undefined
        ? ""
        : `${cost.turns} windows, ${cost.longestTurn.toFixed(1)}, ${cost.startTime.toFixed(1)}`;
      console.log(
        name.padEnd(14),
        (isProfiled ? "profsrv" : "bare").padEnd(9),
        most.toFixed(1).padStart(10),
        " ",
        own,
      );
    }
  }
}
