import { burnPrimes } from "../../../lib/burn.ts";

export const dynamic = "force-dynamic";

export default async function ItemPage({ params }) {
  const { item } = await params;
  burnPrimes({ ms: 60 });
  return <h1>item {item}</h1>;
}
