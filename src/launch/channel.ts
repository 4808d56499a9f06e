/** The channel to a parent that started us as a child of Node's, with `ipc` in its streams: it is the command's. */
import process from "node:process";
import type { Environment } from "./environment.ts";

/** Node's handle of the channel. */
interface Handle {
  readonly fd?: number;
  readStop(): void;
  close(): void;
}

/** A channel that nobody reads any more. */
export interface Channel {
  /** Its descriptor; undefined where this runtime does not let go of it. */
  readonly fd: number | undefined;
  /** What tells the command of it. */
  readonly env: Environment;
  /** Messages that Node had read before. */
  readonly lost: number;
  /** Closes ours once the command has its own. */
  release(): void;
}

/** Takes the channel from Node, if there is one. To be called before anything is waited for: Node reads when it waits. */
export function takeChannel(): Channel | undefined {
  const { channel } = process as { channel?: object | null };
  if (channel === undefined || channel === null) return undefined;
  const handle = ofSymbol(process, "kChannelHandle") as Handle | undefined;
  const fd = handle?.fd;
  if (handle === undefined || fd === undefined || fd < 0) {
    return { fd: undefined, env: {}, lost: 0, release: () => {} };
  }
  handle.readStop();
  const pending = ofSymbol(channel, "kPendingMessages") as readonly unknown[] | undefined;
  // Node removes these from the environment when it opens the channel; only of JSON it keeps the beginning of a line.
  const isJson = symbols(handle).some(({ description }) => description === "kJSONBuffer");
  const env = { NODE_CHANNEL_FD: String(fd), NODE_CHANNEL_SERIALIZATION_MODE: isJson ? "json" : "advanced" };
  return { fd, env, lost: pending?.length ?? 0, release: () => handle.close() };
}

function ofSymbol(object: object, name: string): unknown {
  const symbol = symbols(object).find(({ description }) => description === name);
  return symbol === undefined ? undefined : (object as Record<symbol, unknown>)[symbol];
}

function symbols(object: object): symbol[] {
  return Object.getOwnPropertySymbols(object);
}
