import { burnPrimes } from "../../../../lib/burn.ts";

export const dynamic = "force-dynamic";

export function GET() {
  throw new Error(`failing with ${burnPrimes({ ms: 60 })}`);
}
