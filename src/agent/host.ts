/** What differs between the runtimes that the agent is a guest of. */
import type { Address, AgentConfig, TriggerConfig } from "../protocol/messages.ts";
import type { Execution } from "./execution.ts";

/** A runtime, as the recorder needs it. */
export interface Host {
  /** Its name and version, as in `deno 2.9.6`. */
  readonly name: string;
  /** Whether scripts may be transpiled in memory by others than the runtime, which keeps its maps on disk. */
  readonly hasTranspilers: boolean;
  /** What the user should know of how this process was started, in one sentence; undefined if there is nothing to say. */
  warning(config: AgentConfig): string | undefined;
  /** Where the first server of this thread listens; undefined while none does. */
  address(): Address | undefined;
  /** Does `act`; what the inspector says meanwhile is delivered before this returns. */
  withDelivery(act: () => void): void;
  /** From now on the current request is known, through callbacks and promises: this tells `execution` what the event loop does. */
  followContexts(execution: Execution): void;
  /** Stops that: what runs from here on belongs to nobody. */
  unfollowContexts(): void;
  /** What the agent does when a callback begins that belongs to no request: for measuring its cost. */
  readonly notice: () => void;
  /**
   * Starts recording the requests of every HTTP server in this thread. What this returns lets go of closed connections
   * and is to be called now and then.
   */
  recordRequests(trigger: TriggerConfig | undefined): () => void;
  /** Requests wait for each other: from now on it is known which request makes one to its own server, and on Node which has thrown instead of ending its turn. */
  watchTurns(execution: Execution): void;
  /** Calls `flush` when the process has begun to end by itself. */
  onEnding(flush: () => void): void;
  /** Calls `flush` when a signal is about to end the process, with the signal if the wrapper has to send it. */
  onEndingSignals(flush: (raise?: string) => void, config: AgentConfig): SignalWatch;
}

/** What watches for signals that end the process. */
export interface SignalWatch {
  /** The signals that would end the process now. */
  ending(): readonly string[];
  /** Lets go of the signals: they do again what they would have done. */
  disarm(): void;
}
