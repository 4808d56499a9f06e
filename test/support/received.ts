/** The requests in a message, all read at once. */
import type { RequestInfo } from "../../src/profile/request.ts";
import { type EncodedRequests, ReceivedRequests } from "../../src/protocol/request_rows.ts";
import type { EpochMilliseconds } from "../../src/units.ts";

export function received(message: EncodedRequests, epochOffset: EpochMilliseconds): RequestInfo[] {
  const requests = new ReceivedRequests(message, epochOffset);
  return Array.from({ length: requests.count }, (_, row) => requests.request(row));
}
