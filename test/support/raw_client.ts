/** A client that says exactly what it is told to, byte by byte. */
import net from "node:net";

/** A connection on which things are said and waited for. */
export class RawClient {
  readonly socket: net.Socket;
  /** Everything that came, as Latin-1. */
  heard = "";
  readonly closed: Promise<void>;
  #isClosed = false;
  readonly #waiting = new Set<() => void>();

  constructor(port: number) {
    this.socket = net.connect(port, "127.0.0.1");
    this.socket.setEncoding("latin1");
    const wake = () => this.#waiting.forEach((check) => check());
    this.socket.on("data", (text) => {
      this.heard += text;
      wake();
    });
    // A reset is one of the ways in which a server lets go.
    this.socket.on("error", () => {});
    this.closed = new Promise((resolve) =>
      this.socket.on("close", () => {
        this.#isClosed = true;
        wake();
        resolve();
      })
    );
  }

  say(text: string): void {
    this.socket.write(text, "latin1");
  }

  /** Waits until something is heard; fails if the connection is closed before. */
  hears(pattern: RegExp): Promise<RegExpExecArray> {
    return new Promise((resolve, reject) => {
      const check = (): void => {
        const match = pattern.exec(this.heard);
        if (match === null && !this.#isClosed) return;
        this.#waiting.delete(check);
        if (match !== null) resolve(match);
        else reject(new Error(`closed before ${pattern} was heard: ${JSON.stringify(this.heard)}`));
      };
      this.#waiting.add(check);
      check();
    });
  }
}

/** The head of a request of HTTP/1.1, header lines as given. */
export function head(line: string, ...headers: string[]): string {
  return [`${line} HTTP/1.1`, "Host: x", ...headers, "", ""].join("\r\n");
}
