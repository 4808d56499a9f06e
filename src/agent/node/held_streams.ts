/** Streams of HTTP/2 whose turn has not come: Node has read their headers, and the application gets them later. */
import type { Http2Session, IncomingHttpHeaders, ServerHttp2Stream } from "node:http2";
import { now } from "../clock.ts";
import { filterEmits, holdNextEmit } from "./held_events.ts";
import { pauseTimeout } from "./held_requests.ts";
import { original } from "../originals.ts";
import { callerOf, type Incoming } from "../self_calls.ts";
import { mustWait, wait } from "../turns.ts";

/** A stream that begins. */
export interface StreamEvent {
  readonly session: Http2Session;
  readonly stream: ServerHttp2Stream;
  readonly headers: IncomingHttpHeaders;
  readonly rawHeaders: string[];
}

/** How many streams of a session wait, and what starts its timeout anew. */
const paused = new WeakMap<Http2Session, { count: number; readonly goOn: () => void }>();

/** What is done with a stream that has waited. */
export interface HeldStream {
  /** It begins. */
  begin(event: StreamEvent): void;
  /** Its client has left, or has cancelled it. */
  drop(event: StreamEvent): void;
  /** The recording ends while it waits. */
  record(event: StreamEvent): void;
}

/** Keeps a stream back if it must wait. False if it may begin now. */
export function holdStream(event: StreamEvent, { begin, drop, record }: HeldStream): boolean {
  const { session, stream, headers } = event;
  const path = headers[":path"] ?? "";
  const name = `${headers[":method"]} ${path.replace(/[?#].*/s, "")}`;
  const url = () => (headers[":authority"] ?? headers.host ?? "") + path;
  const cameAt = now();
  const caller = () => callerOf({ incoming: incomingOf(session), cameAt, url });
  if (!mustWait({ name, caller })) return false;
  return holdNextEmit(session, (event, args) => event === "stream" && args[1] === stream, (emit) => {
    pause(session);
    const late: unknown[][] = [];
    // Without a listener an error would end the process; the trailers are emitted once.
    const letAll = filterEmits(stream, (event, args) => {
      if (event === "trailers") late.push(args);
      return event !== "error" && event !== "trailers";
    });
    const leave = () => {
      letAll();
      goOn(session);
    };
    wait({
      name,
      caller,
      isGone: () => stream.destroyed,
      begin: () =>
        emit(() => {
          leave();
          if (late.length > 0) {
            original.nextTick(() => late.forEach((args) => Reflect.apply(stream.emit, stream, args)));
          }
          begin(event);
        }),
      drop() {
        leave();
        drop(event);
      },
      record: () => record(event),
    });
  });
}

/** Its socket is a proxy, which throws once the session is destroyed. */
function incomingOf(session: Http2Session): Incoming | undefined {
  return session.destroyed ? undefined : session.socket as Incoming;
}

function pause(session: Http2Session): void {
  const entry = paused.get(session) ?? { count: 0, goOn: pauseTimeout(session as never) };
  entry.count++;
  paused.set(session, entry);
}

function goOn(session: Http2Session): void {
  const entry = paused.get(session);
  if (entry === undefined || --entry.count > 0) return;
  paused.delete(session);
  if (!session.destroyed) entry.goOn();
}
