/** A debugger: the smallest client of the inspector's protocol, over its websocket. */
import { once } from "node:events";

// deno-lint-ignore no-explicit-any
type Any = any;

/** A connection to a process that was started with --inspect. */
export class Debugger {
  readonly #socket: WebSocket;
  readonly #answers = new Map<number, (message: Any) => void>();
  readonly #events: Any[] = [];
  readonly #waiting = new Set<() => void>();
  #id = 0;

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.addEventListener("message", ({ data }) => {
      const message = JSON.parse(data as string);
      if (message.id === undefined) this.#events.push(message);
      else this.#answers.get(message.id)?.(message);
      for (const check of this.#waiting) check();
    });
  }

  /** Connects; the address is what the process printed. */
  static async connect(url: string): Promise<Debugger> {
    const socket = new WebSocket(url);
    await once(socket, "open");
    return new Debugger(socket);
  }

  /** Calls a method and gives its result. */
  async call(method: string, params: object = {}): Promise<Any> {
    const id = ++this.#id;
    const answer = new Promise<Any>((resolve) => this.#answers.set(id, resolve));
    this.#socket.send(JSON.stringify({ id, method, params }));
    const { result, error } = await answer;
    if (error !== undefined) throw new Error(`${method}: ${error.message}`);
    return result;
  }

  /** The parameters of the next event of a kind that is not taken yet. */
  event(method: string): Promise<Any> {
    return new Promise((resolve) => {
      const check = () => {
        const at = this.#events.findIndex((it) => it.method === method);
        if (at < 0) return;
        this.#waiting.delete(check);
        resolve(this.#events.splice(at, 1)[0].params);
      };
      this.#waiting.add(check);
      check();
    });
  }

  close(): void {
    this.#socket.close();
  }
}
