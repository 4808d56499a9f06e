/**
 * Profiles by the inspector, in two ways: those of its console (cheap, and heard by all its clients) while nobody else
 * listens, else one restart of the profiler for each (dear, and heard by nobody).
 */
import type * as Inspector from "node:inspector";
import process from "node:process";
import { can } from "./capabilities.ts";
import { ConsoleProfiles } from "./console_profiles.ts";
import { nodeVariable } from "./node_variable.ts";
import type { EndProfile, ProfileSource, SourceOptions } from "./profile_source.ts";
import { RestartedProfiles } from "./restarted_profiles.ts";

export class InspectorProfiles implements ProfileSource {
  private readonly console: ConsoleProfiles | undefined;
  private readonly restarted: RestartedProfiles;

  /** Connects to the inspector of this thread; throws where there is none. */
  constructor(options: SourceOptions) {
    const inspector = options.inspector.load();
    checkPermission(inspector);
    this.restarted = new RestartedProfiles(inspector, options.interval);
    this.console = hasClientOfNode() ? undefined : new ConsoleProfiles(inspector, options);
  }

  get isShared(): boolean {
    return this.console?.isShared ?? true;
  }

  begin(): EndProfile {
    return this.console?.begin() ?? this.restarted.begin();
  }

  close(): void {
    // V8 ends the coverage of all clients when one that used the profiler leaves.
    if (isCoverageTaken()) return;
    this.console?.disconnect();
    this.restarted.disconnect();
  }
}

/** Throws where a client may not connect. */
function checkPermission({ Session }: typeof Inspector): void {
  const session = new Session();
  try {
    session.connect();
    session.disconnect();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ERR_ACCESS_DENIED") throw error;
    const way = can.startCpuProfile.probe() ? "--interval 1000 or --allow-inspector" : "Node 24.12 or newer";
    throw new Error(`Node's permission model (--permission) shuts the profiler out; ${way} lets it in`);
  }
}

/** Node is a client of its own inspector, and prints what it hears and did not ask for. */
function hasClientOfNode(): boolean {
  return isCoverageTaken() ||
    [...process.execArgv, ...(nodeVariable("NODE_OPTIONS") ?? "").split(/\s+/)].includes("--cpu-prof");
}

/** Whether Node takes coverage. https://nodejs.org/api/cli.html#node_v8_coveragedir */
function isCoverageTaken(): boolean {
  return nodeVariable("NODE_V8_COVERAGE") !== undefined;
}
