/**
 * How the agent's file begins. Every Node from 8 on can parse it, because the agent itself is only a string in it. A Node that is too
 * old for the agent does not compile that string; it only tells the wrapper its version.
 */
import { isDeno, isNewEnough, nodeVersion } from "./capabilities.ts";
import { AGENT_SCRIPT, CONFIG_VARIABLE, PROTOCOL_VERSION } from "../protocol/messages.ts";
import { oldNodeFileName } from "../protocol/spool_file.ts";

/** The agent, put here by build/bundle.ts. */
declare const PROFSRV_AGENT_TEXT: string;
declare const module: {
  _compile(text: string, path: string): void;
  constructor: { _load(name: "fs"): typeof import("node:fs") };
};
declare const process: typeof import("node:process");

if (isNewEnough) module._compile(PROFSRV_AGENT_TEXT, scriptName());
else tellVersion();

/** Deno makes a file's URL of any name. */
function scriptName(): string {
  return isDeno ? __filename : AGENT_SCRIPT;
}

function tellVersion(): void {
  try {
    const config = JSON.parse(process.env[CONFIG_VARIABLE]!);
    if (config.v !== PROTOCOL_VERSION) return;
    const path = `${config.spool}/${oldNodeFileName(nodeVersion)}`;
    // Before 14.18 no name begins with "node:", which every import of the agent does.
    module.constructor._load("fs").writeFileSync(path, "", { flag: "wx", mode: 0o600 });
  } catch (_) {
    // Another process has told it, or the run has ended.
  }
}
