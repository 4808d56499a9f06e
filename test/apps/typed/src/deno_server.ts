import { RenderPage } from "./page.tsx";
import { callDeclared, spinArrow, Worker } from "./work.ts";

interface Answer {
  readonly x: number;
  readonly page: string;
}

const worker: Worker = new Worker({ rounds: 40 });

const answerRequest = (_request: Request): Response => {
  const x: number = worker.burnMethod() + spinArrow(40) +
    callDeclared([(x: number): number => x + spinArrow(20)]);
  const answer: Answer = { x, page: RenderPage({ milliseconds: 40 }) };
  return Response.json(answer);
};

const server: Deno.HttpServer = Deno.serve({
  port: 0,
  hostname: "127.0.0.1",
  onListen: ({ port }): void => console.log("port " + port),
}, answerRequest);
Deno.addSignalListener("SIGTERM", (): void => void server.shutdown().then(() => Deno.exit(0)));
