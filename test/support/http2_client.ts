/** A client of HTTP/2 whose requests are all streams of one session. */
import { readFileSync } from "node:fs";
import http2 from "node:http2";
import type { Answer } from "./profiled.ts";
import { appPath } from "./profiled.ts";

/** The certificate of the test servers. */
export const certificate: string = readFileSync(appPath("tls/cert.pem"), "utf8");

/** Sends all requests at once over one session and gives the answers in the order of the paths. */
export async function askTogether(
  port: number,
  paths: readonly string[],
  options: { secure?: boolean } = {},
): Promise<Answer[]> {
  const origin = `${options.secure ? "https" : "http"}://localhost:${port}`;
  const session = http2.connect(origin, { ca: certificate });
  const broken = new Promise<never>((_, reject) => session.on("error", reject));
  try {
    return await Promise.race([Promise.all(paths.map((path) => askOne(session, path))), broken]);
  } finally {
    session.close();
  }
}

function askOne(session: http2.ClientHttp2Session, path: string): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const stream = session.request({ ":path": path });
    let headers: http2.IncomingHttpHeaders = {};
    let body = "";
    stream.setEncoding("utf8");
    stream.on("response", (those) => headers = those);
    stream.on("data", (text) => body += text);
    stream.on("end", () => resolve({ status: Number(headers[":status"]), body, headers }));
    stream.on("error", reject);
    stream.end();
  });
}
