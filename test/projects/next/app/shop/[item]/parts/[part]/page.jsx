import { burnPrimes } from "../../../../../lib/burn.ts";

export const dynamic = "force-dynamic";

export default async function PartPage({ params }) {
  const { part } = await params;
  burnPrimes({ ms: 60 });
  return <h1>item {part}</h1>;
}
