import { burnPrimes } from "../../../lib/burn.ts";

export const dynamic = "force-dynamic";

export function GET() {
  burnPrimes({ ms: 60 });
  return Response.json({ hello: "world" });
}
