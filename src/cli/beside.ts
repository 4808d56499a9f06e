/** What a person reads of requests that were not alone, though the server was to handle one at a time. Pure. */
import type { RunTotals } from "../store/entry.ts";
import { counted } from "./counted.ts";

export function besideText({ beside = 0, requests }: Pick<RunTotals, "beside" | "requests">): string[] {
  return beside === 0 ? [] : [
    `Not alone, though requests were to wait for each other (--serial): ${beside} of ${
      counted(requests, "request")
    }. This happens where a server calls itself, and after a request that hardly ran for 10 s or threw.`,
  ];
}
