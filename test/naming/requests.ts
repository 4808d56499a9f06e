/** Requests to name. */
import type { NamedRequest } from "../../src/naming/mod.ts";

/** A request to this URL; all else is the same in each test. */
export function requestTo(
  url: string,
  changes: Partial<NamedRequest["request"]> & { readonly route?: string; readonly id?: string } = {},
): NamedRequest {
  const { route = "/users/:id", id = "4k2", ...request } = changes;
  return {
    id,
    route,
    process: { pid: 4321, tid: 0, runtime: "node 24.1.0" },
    request: {
      seq: 7,
      method: "GET",
      url,
      host: "localhost:8000",
      http: "1.1",
      status: 200,
      bytes: 12,
      startedOn: new Date(2025, 0, 9, 8, 7, 6, 54).getTime(),
      startAt: 1_000_000,
      duration: 12_999,
      cpu: 1_500,
      blocked: 0,
      outcome: "finished",
      ...request,
    },
  };
}
