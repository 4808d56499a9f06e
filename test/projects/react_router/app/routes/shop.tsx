import { burnPrimes } from "../burn.ts";
export const loader = ({ params }: { params: { id: string } }) => ({ id: params.id, primes: burnPrimes({ ms: 60 }) });
export default function Shop({ loaderData }: { loaderData: { id: string } }) {
  return <h1>item {loaderData.id}</h1>;
}
