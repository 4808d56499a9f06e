/** Access control of the viewer: only a browser that has the secret gets answers, and only for the viewer's own page. */
import { createHash, timingSafeEqual } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";

/** Why a request is refused: a status and one sentence. */
export interface Refusal {
  readonly status: number;
  readonly error: string;
}

/** What is looked at of a request. */
export interface Asked {
  readonly method?: string | undefined;
  readonly headers: IncomingHttpHeaders;
}

/**
 * Why a request is refused that does not come from the viewer's own page. Another site's page has another `Origin`. A page whose
 * host name was made to lead to this machine (DNS rebinding) has another `Host`. Pure.
 */
export function refusalOf({ method, headers }: Asked, port: number): Refusal | undefined {
  if (method !== "GET" && method !== "HEAD") return { status: 405, error: "Only GET is answered" };
  const hosts = ["127.0.0.1", "localhost"].map((it) => `${it}:${port}`);
  const { host, origin } = headers;
  if (host === undefined || !hosts.includes(host)) {
    return { status: 403, error: "The Host is not that of profsrv view" };
  }
  const isSameSite = ["same-origin", "none", undefined].includes(headers["sec-fetch-site"] as string);
  if (!isSameSite || origin !== undefined && origin !== `http://${host}`) {
    return { status: 403, error: "Only the page of profsrv view is answered" };
  }
  return undefined;
}

/** Whether a request carries the secret; takes as long for any wrong one. Pure. */
export function knowsSecret({ headers }: Asked, secret: string): boolean {
  const given = /^Bearer (\S+)$/i.exec(headers.authorization ?? "")?.[1] ?? "";
  return timingSafeEqual(digestOf(given), digestOf(secret));
}

function digestOf(text: string): Uint8Array {
  return createHash("sha256").update(text).digest();
}

/** Headers of every answer. */
export const HEADERS: Readonly<Record<string, string>> = {
  "X-Content-Type-Options": "nosniff",
  "Referrer-Policy": "no-referrer",
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Resource-Policy": "same-origin",
  "Cache-Control": "no-store",
};
