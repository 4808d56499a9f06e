/**
 * Clients of `test/apps/soak.cjs` that come at an even pace; some give up. They speak HTTP by themselves: a library may
 * send a request once more that was broken off.
 */
import net from "node:net";
import type { Random } from "../support/random.ts";

/** What became of a request, as its client knows. */
export type Fate = "answered" | "given up" | "given up early" | "failed";

/** How the clients behave. */
export interface Clients {
  readonly port: number;
  /** Requests per second. */
  readonly pace: number;
  /** Seconds. */
  readonly duration: number;
  /** The share that gives up when the answer has begun, and the share that may do so before the server has the request. */
  readonly givenUp: number;
  readonly givenUpEarly: number;
  readonly random: Random;
}

/** A client waits this long for an answer (milliseconds). */
const LONGEST_ANSWER = 30_000;

/** Sends requests for `/<n % 10>/<n>`; gives the fate of each by its path. */
export async function sendAll(clients: Clients): Promise<Map<string, Fate>> {
  const fates = new Map<string, Fate>();
  const idle: net.Socket[] = [];
  const open = new Set<Promise<void>>();
  const start = performance.now();
  let sent = 0;
  for (;;) {
    const elapsed = (performance.now() - start) / 1000;
    if (elapsed >= clients.duration) break;
    for (; sent < elapsed * clients.pace; sent++) {
      const path = `/${sent % 10}/${sent}`;
      const socket = takeOpen(idle) ?? net.connect(clients.port, "127.0.0.1");
      const one = send(path, socket, clients).then((fate) => {
        fates.set(path, fate);
        if (fate === "answered") idle.push(socket);
        else socket.destroy();
      });
      open.add(one);
      void one.then(() => open.delete(one));
    }
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  await Promise.all(open);
  for (const socket of idle) socket.destroy();
  return fates;
}

/** A connection that is not closed yet. */
function takeOpen(idle: net.Socket[]): net.Socket | undefined {
  for (;;) {
    const socket = idle.pop();
    if (socket === undefined || (!socket.destroyed && socket.readable)) return socket;
  }
}

/** One request; the socket is free again when it is answered. */
function send(path: string, socket: net.Socket, { random, givenUp, givenUpEarly }: Clients): Promise<Fate> {
  const dice = random.integer(1, 1_000_000) / 1_000_000;
  let timer: ReturnType<typeof setTimeout>;
  return new Promise<Fate>((resolve) => {
    timer = setTimeout(() => resolve("failed"), LONGEST_ANSWER);
    let text = "";
    socket.on("data", (data) => {
      text += data;
      if (text.endsWith("\r\n0\r\n\r\n")) resolve("answered");
      else if (dice <= givenUp && text.includes("begun")) resolve("given up");
    });
    socket.on("error", () => resolve("failed"));
    socket.on("close", () => resolve("failed"));
    socket.write(`GET ${path} HTTP/1.1\r\nHost: soak\r\n\r\n`);
    if (dice > 1 - givenUpEarly) setTimeout(() => resolve("given up early"), random.integer(0, 3));
  }).finally(() => {
    clearTimeout(timer);
    for (const event of ["data", "error", "close"]) socket.removeAllListeners(event);
    socket.on("error", () => {});
  });
}
