/** Starts a small shop under profsrv, sends it customers, and closes it: what remains is a directory of profiles. */
import process from "node:process";
import { demo } from "./demo_run.ts";

process.exitCode = await demo([]);
