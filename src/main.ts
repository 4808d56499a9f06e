/** argv -> one command. */
import process from "node:process";
import { parseArguments } from "./cli/args.ts";
import { HELP } from "./cli/help.ts";
import { completionText } from "./cli/completion.ts";
import { UsageError } from "./cli/split.ts";
import { reporterOnStderr } from "./cli/reporter.ts";
import { DirectoryError, exitLike } from "./launch/mod.ts";
import { version } from "./version.ts";

/** Called in a wrong way, or given a directory we cannot use. */
const MISUSED = 2;
/** Something of ours broke before the command was started. */
const FAILED = 1;

async function main(argv: readonly string[]): Promise<void> {
  const request = parseArguments(argv, process.env["PROFSRV_OPTIONS"]);
  if (request.kind === "version") return print(`${version}\n`);
  if (request.kind === "help") return print(HELP[request.of ?? "run"].text());
  if (request.kind === "completion") return print(completionText(request.shell));
  // Only now: a version or help costs nothing but its own text.
  if (request.kind === "convert") {
    const { convert } = await import("./cli/convert.ts");
    return exitLike(await convert(request, reporterOnStderr(request.quiet)));
  }
  if (request.kind === "report") {
    const { report } = await import("./cli/report.ts");
    return exitLike(await report(request, reporterOnStderr(false)));
  }
  if (request.kind === "diff") {
    const { diff } = await import("./cli/diff.ts");
    return exitLike(await diff(request, reporterOnStderr(false)));
  }
  if (request.kind === "runs") {
    const { runs } = await import("./cli/runs.ts");
    return exitLike(runs(request, reporterOnStderr(false)));
  }
  if (request.kind === "view") {
    const { view } = await import("./cli/view.ts");
    return exitLike(await view(request, reporterOnStderr(false)));
  }
  const { run } = await import("./cli/run.ts");
  exitLike(await run(request, reporterOnStderr(request.quiet)));
}

function print(text: string): void {
  process.stdout.on("error", () => {}); // `profsrv --help | head -1` is no failure.
  process.stdout.write(text);
}

try {
  await main(process.argv.slice(2));
} catch (error) {
  const reporter = reporterOnStderr(false);
  if (error instanceof UsageError || error instanceof DirectoryError) {
    reporter.error(error.message);
    process.exitCode = MISUSED;
  } else {
    reporter.error("Cannot run", error);
    process.exitCode = FAILED;
  }
}
