/** Talks to the server of `profsrv view` as its page does. */
import http from "node:http";
import { addressOf, type EndpointName, type Endpoints, type Run as ViewedRun } from "../../src/viewer/api.ts";
import { type Answer, ask, type Started } from "./profiled.ts";

/** A server of the viewer. */
export class Viewing {
  readonly port: number;
  readonly secret: string;

  constructor(port: number, secret: string) {
    this.port = port;
    this.secret = secret;
  }

  /** The one whose address a process has printed, or prints. */
  static async printedBy(started: Started, stream: "stdout" | "stderr" = "stdout"): Promise<Viewing> {
    const [, port, secret] = await started.printed(/http:\/\/127\.0\.0\.1:(\d+)\/#secret=(\S+)/, stream);
    return new Viewing(Number(port), secret!);
  }

  get headers(): Record<string, string> {
    return { authorization: `Bearer ${this.secret}` };
  }

  get(path: string, headers: http.OutgoingHttpHeaders = this.headers): Promise<Answer> {
    return ask(this.port, path, { headers });
  }

  /** The answer to a question; fails if there is none. */
  async ask<Name extends Exclude<EndpointName, "run" | "profile">>(
    name: Name,
    asks: Endpoints[Name]["asks"],
  ): Promise<Endpoints[Name]["answer"]> {
    const { status, body } = await this.get(addressOf(name, asks));
    if (status !== 200) throw new Error(`${addressOf(name, asks)} is answered ${status}: ${body}`);
    return JSON.parse(body);
  }

  /** Waits until the run is as it should be, as the stream tells; fails when the stream ends before. */
  until(isSo: (run: ViewedRun) => boolean): Promise<ViewedRun> {
    return new Promise((resolve, reject) => {
      const request = http.get(
        { host: "127.0.0.1", port: this.port, path: "/api/run", headers: this.headers },
        (response) => {
          let rest = "";
          response.setEncoding("utf8").on("data", (text: string) => {
            const events = (rest + text).split("\n\n");
            rest = events.pop()!;
            for (const event of events.filter((it) => it.startsWith("data: "))) {
              const run = JSON.parse(event.slice("data: ".length)) as ViewedRun;
              if (!isSo(run)) continue;
              resolve(run);
              request.destroy();
              return;
            }
          });
          response.on("close", () => reject(new Error("the stream has ended")));
        },
      );
      request.on("error", reject);
    });
  }
}
