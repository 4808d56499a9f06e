/** The server of `profsrv view`: shows one run to one person's browser, on this machine only, and changes nothing. */
import { randomBytes } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { Answers, type ViewOptions } from "./answers.ts";
import { RUN_VERSION } from "./api.ts";
import { HEADERS, knowsSecret, refusalOf } from "./guard.ts";
import { pageFile, type PageFiles } from "./page_files.ts";
import { isOurUser } from "./peer_user.ts";
import { NoAnswer } from "./questions.ts";
import { RunStream } from "./run_stream.ts";

const HOST = "127.0.0.1";
/** Where a browser is sent to, once, that cannot be told the secret: all users of a machine can read its command lines. */
const TICKET_PATH = "/open/";

export interface ServerOptions extends ViewOptions {
  /** 0: any free one. */
  readonly port: number;
  readonly pageFiles: PageFiles;
  /** Something of ours broke. */
  readonly onFailure: (error: unknown) => void;
}

export interface ViewServer {
  readonly port: number;
  /** With the secret, for the person. */
  readonly address: string;
  /** Leads there once, and only a process of this user: for the command line of a browser. */
  readonly ticket: string;
  /** Tells those who listen what the run came to, and ends. */
  close(): Promise<void>;
}

/**
 * Starts to serve.
 *
 * @throws what the system says, as when the port is taken
 */
export async function startServer(options: ServerOptions): Promise<ViewServer> {
  const secret = randomBytes(24).toString("base64url");
  const answers = new Answers(options);
  const stream = new RunStream(answers, options.onFailure);
  const server = createServer();
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject).listen(options.port, HOST, resolve);
  });
  const { port } = server.address() as AddressInfo;
  const ticket = `${TICKET_PATH}${randomBytes(24).toString("base64url")}`;
  const serving: Serving = { options, answers, stream, secret, port, tickets: new Set([ticket]) };
  server.on("request", (request, response) => {
    handle(request, response, serving).catch((error) => fail(response, error, options.onFailure));
  });
  return {
    port,
    address: `http://${HOST}:${port}/#secret=${secret}`,
    ticket: `http://${HOST}:${port}${ticket}`,
    async close() {
      server.close();
      await stream.end();
      // What was said last goes out before the connections end.
      await new Promise((resolve) => setTimeout(resolve, 0));
      server.closeIdleConnections();
      options.run.close();
      setTimeout(() => server.closeAllConnections(), 100).unref();
    },
  };
}

interface Serving {
  readonly options: ServerOptions;
  readonly answers: Answers;
  readonly stream: RunStream;
  readonly secret: string;
  readonly port: number;
  /** Paths that have not been used. */
  readonly tickets: Set<string>;
}

async function handle(
  request: IncomingMessage,
  response: ServerResponse,
  { options, answers, stream, secret, port, tickets }: Serving,
): Promise<void> {
  response.on("error", () => {}); // The browser has left.
  for (const [name, value] of Object.entries(HEADERS)) response.setHeader(name, value);
  const refusal = refusalOf(request, port);
  if (refusal !== undefined) {
    if (refusal.status === 405) response.setHeader("Allow", "GET, HEAD");
    return sendData(response, { error: refusal.error }, refusal.status);
  }
  const { path, query } = targetOf(request);
  const file = pageFile(path, options.pageFiles, request.headers);
  if (file !== undefined) {
    if (path === "/") options.run.letPageLoad();
    for (const [name, value] of Object.entries(file.headers)) response.setHeader(name, value);
    response.end(file.content);
    return;
  }
  // Who only asks for the headers, as a program may before it hands the address to a browser, uses no ticket up.
  if (request.method === "GET" && tickets.has(path) && isOurUser(request.socket)) {
    tickets.delete(path);
    response.writeHead(303, { "Location": `/#secret=${secret}` }).end();
    return;
  }
  const question = /^\/api\/(\w+)$/.exec(path)?.[1];
  if (question === undefined) return sendData(response, { error: "There is no such page" }, 404);
  if (!knowsSecret(request, secret)) {
    return sendData(response, { error: "The secret in the address is wrong or missing" }, 401);
  }
  if (question === "run") {
    response.setHeader("Content-Type", "text/event-stream; charset=utf-8");
    return request.method === "HEAD" ? void response.end() : stream.add(response);
  }
  response.setHeader(RUN_VERSION, answers.version);
  const answer = await answers.to(question, query);
  if ("data" in answer) return sendData(response, answer.data);
  const { content, name, mediaType } = answer.file;
  response.setHeader("Content-Type", mediaType);
  response.setHeader("Content-Disposition", `attachment; filename="${name}"`);
  response.end(content);
}

/** The path as it was sent: nothing of it is decoded or resolved, so `..` leads nowhere. */
function targetOf({ url = "/" }: IncomingMessage): { path: string; query: URLSearchParams } {
  const mark = url.indexOf("?");
  return mark < 0
    ? { path: url, query: new URLSearchParams() }
    : { path: url.slice(0, mark), query: new URLSearchParams(url.slice(mark + 1)) };
}

function sendData(response: ServerResponse, data: object, status = 200): void {
  response.writeHead(status, { "Content-Type": "application/json; charset=utf-8" });
  response.end(JSON.stringify(data));
}

function fail(response: ServerResponse, error: unknown, onFailure: (error: unknown) => void): void {
  const isAsked = error instanceof NoAnswer;
  if (!isAsked) onFailure(error);
  if (response.headersSent) response.destroy();
  else {
    sendData(
      response,
      { error: isAsked ? error.message : `Cannot answer: ${(error as Error).message}` },
      isAsked ? error.status : 500,
    );
  }
}
