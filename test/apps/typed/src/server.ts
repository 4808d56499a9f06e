import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { callDeclared, spinArrow, Worker } from "./work.ts";

type Handler = (request: IncomingMessage, response: ServerResponse) => void;

const worker: Worker = new Worker({ rounds: 40 });

const answerRequest: Handler = (_request, response) => {
  const x: number = worker.burnMethod() + spinArrow(40) +
    callDeclared([(x: number): number => x + spinArrow(20)]);
  response.end(String(x));
};

const server: Server = createServer(answerRequest);
server.listen(0, "127.0.0.1", () => console.log("port " + (server.address() as AddressInfo).port));
process.once("SIGTERM", () => server.close(() => process.exit(0)));
