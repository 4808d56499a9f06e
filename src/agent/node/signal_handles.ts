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

/** Node's handle of each signal that the application listens for. */
const listening = new Map<number, Handle>();
/** The one that is started, of each signal that the agent holds, and what that is to call where Node has no handle. */
const held = new Map<number, { readonly handle: Handle; readonly onSignal: (signum: number) => void }>();

let Signal: (new () => Handle) | undefined;
let start: Handle["start"];
let close: Handle["close"];

/**
 * Starts to look at them, before the application could replace what of Node's is needed for that. False in a thread that gets no
 * signals.
 */
export function watchSignalHandles(): boolean {
  const startListening = internalListener("newListener", "startListeningIfSignal");
  const stopListening = internalListener("removeListener", "stopListeningIfSignal");
  if (startListening === undefined || stopListening === undefined) return false;
  Signal = findClass(startListening);
  if (Signal === undefined) return true;
  const { prototype } = Signal as unknown as { prototype: Handle };
  ({ start, close } = prototype);
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
  // Another preload may have listened already.
  for (const name of process.eventNames()) {
    if (numberOf(name) !== undefined) remake(name, { startListening, stopListening });
  }
  return true;
}

/** Whether the application listens for a signal. */
export function isListenedFor(signum: number): boolean {
  return listening.has(signum);
}

/** From now on `onSignal` is called when the signal comes and the application does not listen for it; false where that cannot be. */
export function hold(signum: number, onSignal: (signum: number) => void): boolean {
  if (Signal === undefined) return false;
  let handle = listening.get(signum);
  if (handle === undefined) {
    handle = new Signal();
    handle.unref();
    handle.onsignal = onSignal;
    if (start.call(handle, signum) !== 0) {
      close.call(handle);
      return false;
    }
  }
  held.set(signum, { handle, onSignal });
  return true;
}

/** The signal does again what it would do without the agent, at once. */
export function release(signum: number): void {
  const holder = held.get(signum);
  held.delete(signum);
  const handle = listening.get(signum);
  if (holder === undefined || handle === holder.handle) return;
  if (handle !== undefined) start.call(handle, signum);
  close.call(holder.handle);
}

/** The number of a signal; undefined for what is none. */
export function numberOf(name: string | symbol): number | undefined {
  return (constants.signals as Readonly<Record<string | symbol, number | undefined>>)[name];
}

type Listener = (signal: string | symbol) => void;

function internalListener(event: "newListener" | "removeListener", name: string): Listener | undefined {
  return process.listeners(event as "exit").find((it) => it.name === name) as Listener | undefined;
}

/** The class of handles has no name anywhere: Node is stopped where it has made one and gives it its first property. */
function findClass(startListening: Listener): (new () => Handle) | undefined {
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
  made?.close();
  return made?.constructor as (new () => Handle) | undefined;
}

/** Has Node make its handle anew, to see it: Node closes one when nobody listens. */
function remake(
  signal: string | symbol,
  { startListening, stopListening }: Record<"startListening" | "stopListening", Listener>,
): void {
  Object.defineProperty(process, "listenerCount", { configurable: true, value: () => 0 });
  stopListening(signal);
  Reflect.deleteProperty(process, "listenerCount");
  startListening(signal);
}
