/**
 * The agent: loaded into every process of the run before the application. It does nothing until a server listens.
 */
import { hasSubscribers, subscribe } from "node:diagnostics_channel";
import { join } from "node:path";
import process from "node:process";
import { type AgentConfig, CONFIG_VARIABLE, LOADED_CHANNEL, PROTOCOL_VERSION } from "../protocol/messages.ts";
import { LOADED_FILE } from "../protocol/spool_file.ts";
import { guarded } from "./guarded.ts";
import type { Replace } from "./deno/callbacks.ts";
import { mayKnow, mayRecord } from "./deno/permissions.ts";
import { deno, type DenoNamespace } from "./deno/runtime.ts";
import type { Host } from "./host.ts";
import { ListeningServers } from "./listening.ts";
import { original } from "./originals.ts";

function config(): AgentConfig | undefined {
  const text = process.env[CONFIG_VARIABLE];
  if (text === undefined) return undefined;
  const config = original.parse(text) as AgentConfig;
  return config.v === PROTOCOL_VERSION ? config : undefined;
}

guarded(function load(): void {
  if (typeof module !== "undefined") forgetModule(module);
  // A nested run or a loader may bring a second agent.
  if (hasSubscribers(LOADED_CHANNEL)) return;
  if (deno !== undefined && !mayKnow(deno, CONFIG_VARIABLE)) return;
  const settings = config();
  if (settings?.serving !== undefined && deno !== undefined) {
    const { serveAt } = require("./deno/auto_serve.ts") as typeof import("./deno/auto_serve.ts");
    serveAt(settings.serving, deno, settings.isWatching === true);
  }
  if (settings === undefined || (deno !== undefined && !mayRecord(deno, settings.spool))) return;
  // The run has ended, or it is that of another user or of another file system: nobody would read what is written.
  if (!original.existsSync(settings.spool)) return;
  noteLoaded(settings.spool);
  if (deno === undefined) watchNode(settings);
  else watchDeno(settings, deno);
})();

// What is needed is loaded when it is: a process that serves nothing must not pay for it.

function watchNode(settings: AgentConfig): void {
  subscribe(LOADED_CHANNEL, () => {});
  const { leaveNoCompiled } = require("./node/compile_cache.ts") as typeof import("./node/compile_cache.ts");
  leaveNoCompiled(module);
  const { lookForPromiseWatchers } = require(
    "./node/context/promise_watchers.ts",
  ) as typeof import("./node/context/promise_watchers.ts");
  lookForPromiseWatchers();
  const { ExitHooks } = require("./node/exit_hooks.ts") as typeof import("./node/exit_hooks.ts");
  const ends = new ExitHooks();
  const { watchServers } = require("./node/first_server.ts") as typeof import("./node/first_server.ts");
  const listening = new ListeningServers();
  const start = guarded(() => {
    const { nodeHost } = require("./node/host.ts") as typeof import("./node/host.ts");
    record(settings, nodeHost({ servers, listening, ends }));
  });
  const servers = watchServers(start, listening);
}

function watchDeno(settings: AgentConfig, runtime: DenoNamespace): void {
  const { Callbacks } = require("./deno/callbacks.ts") as typeof import("./deno/callbacks.ts");
  const callbacks = new Callbacks(runtime);
  subscribe(LOADED_CHANNEL, guarded((it) => callbacks.watchModuleGlobals(it as Replace)));
  const { ExitHooks } = require("./deno/exit_hooks.ts") as typeof import("./deno/exit_hooks.ts");
  const ends = new ExitHooks(runtime);
  const { watchWorkers } = require("./deno/workers.ts") as typeof import("./deno/workers.ts");
  watchWorkers(settings);
  const { ServeRecorder } = require("./deno/serve.ts") as typeof import("./deno/serve.ts");
  const { onFirstDenoServer } = require("./deno/first_server.ts") as typeof import("./deno/first_server.ts");
  const listening = new ListeningServers();
  const start = guarded(() => {
    const { denoHost } = require("./deno/host.ts") as typeof import("./deno/host.ts");
    record(settings, denoHost({ callbacks, listening, serve, ends }));
  });
  const serve = new ServeRecorder(listening);
  onFirstDenoServer(runtime, { start, listening, serve });
}

/** Leaves nothing of the agent where everybody can look which modules there are. */
function forgetModule({ id, filename, constructor }: NodeJS.Module): void {
  delete require.cache[id];
  const { _pathCache: paths = {} } = constructor as unknown as { _pathCache?: Record<string, string> };
  for (const key of Object.keys(paths)) if (paths[key] === filename) delete paths[key];
}

/** Tells the wrapper that the agent gets in, whatever this process does. */
function noteLoaded(spool: string): void {
  const path = join(spool, LOADED_FILE);
  if (!original.existsSync(path)) original.closeSync(original.openSync(path, "a", 0o600));
}

function record(settings: AgentConfig, host: Host): void {
  const { startRecording } = require("./recorder.ts") as typeof import("./recorder.ts");
  startRecording(settings, host);
}
