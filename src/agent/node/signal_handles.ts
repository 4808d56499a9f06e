/**
 * Node's handles of signals: who listens for which, and one of the agent's where nobody does.
 *
 * Node makes a handle when the first listener of a signal is added and closes it when the last one goes
 * (lib/internal/process/signal.js, unchanged from 18 to 26). For a signal that the agent holds there is one handle at any time, so that
 * no instant is without: it calls what Node's handle would call, or the agent where Node has none.
 */
import { constants } from "node:os";
import process from "node:process";

interface Handle {
  onsignal: (signum: number) => void;
  start(signum: number): number;
  close(): void;
  unref(): void;
}

/** Node's class of handles, with its own functions. */
interface HandleClass {
  readonly Signal: new () => Handle;
  readonly start: Handle["start"];
  readonly close: Handle["close"];
}

type OnSignal = (signum: number) => void;
type Listener = (signal: string | symbol) => void;
type NodeListeners = Readonly<Record<"startListening" | "stopListening", Listener>>;

export class SignalHandles {
  /** Node's handle of each signal that the application listens for. */
  private readonly listening = new Map<number, Handle>();
  /** The one that is started, of each signal that the agent holds, and what that is to call where Node has no handle. */
  private readonly held = new Map<number, { readonly handle: Handle; readonly onSignal: OnSignal }>();
  /** Undefined where Node does not give it away. */
  private readonly node: HandleClass | undefined;

  private constructor(listeners: NodeListeners) {
    this.node = findClass(listeners.startListening);
    if (this.node === undefined) return;
    this.watch(this.node);
    // Another preload may have listened already.
    for (const name of process.eventNames()) if (numberOf(name) !== undefined) remake(name, listeners);
  }

  /**
   * Starts to look at them, before the application could replace what of Node's is needed for that. Undefined in a thread that gets no
   * signals.
   */
  static find(): SignalHandles | undefined {
    const startListening = internalListener("newListener", "startListeningIfSignal");
    const stopListening = internalListener("removeListener", "stopListeningIfSignal");
    if (startListening === undefined || stopListening === undefined) return undefined;
    return new SignalHandles({ startListening, stopListening });
  }

  /** Whether the application listens for a signal. */
  isListenedFor(signum: number): boolean {
    return this.listening.has(signum);
  }

  /** From now on `onSignal` is called when the signal comes and the application does not listen for it; false where that cannot be. */
  hold(signum: number, onSignal: OnSignal): boolean {
    if (this.node === undefined) return false;
    const { Signal, start, close } = this.node;
    let handle = this.listening.get(signum);
    if (handle === undefined) {
      handle = new Signal();
      handle.unref();
      handle.onsignal = onSignal;
      if (start.call(handle, signum) !== 0) {
        close.call(handle);
        return false;
      }
    }
    this.held.set(signum, { handle, onSignal });
    return true;
  }

  /** The signal does again what it would do without the agent, at once. */
  release(signum: number): void {
    const holder = this.held.get(signum);
    this.held.delete(signum);
    const handle = this.listening.get(signum);
    if (holder === undefined || handle === holder.handle) return;
    if (handle !== undefined) this.node?.start.call(handle, signum);
    this.node?.close.call(holder.handle);
  }

  private watch({ Signal, start, close }: HandleClass): void {
    const { listening, held } = this;
    const { prototype } = Signal as unknown as { prototype: Handle };
    prototype.start = function (signum) {
      const holder = held.get(signum);
      const error = holder === undefined ? start.call(this, signum) : 0;
      if (error !== 0) return error;
      listening.set(signum, this);
      if (holder !== undefined) holder.handle.onsignal = this.onsignal;
      return 0;
    };
    prototype.close = function () {
      for (const [signum, handle] of listening) {
        if (handle !== this) continue;
        listening.delete(signum);
        const holder = held.get(signum);
        if (holder !== undefined) holder.handle.onsignal = holder.onSignal;
        if (holder?.handle === this) return;
      }
      close.call(this);
    };
  }
}

/** The number of a signal; undefined for what is none. */
export function numberOf(name: string | symbol): number | undefined {
  return (constants.signals as Readonly<Record<string | symbol, number | undefined>>)[name];
}

function internalListener(event: "newListener" | "removeListener", name: string): Listener | undefined {
  return process.listeners(event as "exit").find((it) => it.name === name) as Listener | undefined;
}

/** The class of handles has no name anywhere: Node is stopped where it has made one and gives it its first property. */
function findClass(startListening: Listener): HandleClass | undefined {
  const unheard = ["SIGHUP", "SIGINT", "SIGTERM"].find((it) => process.listenerCount(it) === 0);
  let made: Handle | undefined;
  const enough = {};
  Object.defineProperty(Object.prototype, "onsignal", {
    configurable: true,
    set(this: Handle) {
      made = this;
      throw enough;
    },
  });
  try {
    if (unheard !== undefined) startListening(unheard);
  } catch (error) {
    if (error !== enough) throw error;
  } finally {
    Reflect.deleteProperty(Object.prototype, "onsignal");
  }
  if (made === undefined) return undefined;
  made.close();
  const Signal = made.constructor as new () => Handle;
  const { start, close } = Signal.prototype as Handle;
  return { Signal, start, close };
}

/** Has Node make its handle anew, to see it: Node closes one when nobody listens. */
function remake(signal: string | symbol, { startListening, stopListening }: NodeListeners): void {
  Object.defineProperty(process, "listenerCount", { configurable: true, value: () => 0 });
  stopListening(signal);
  Reflect.deleteProperty(process, "listenerCount");
  startListening(signal);
}
