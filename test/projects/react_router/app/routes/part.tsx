import { burnPrimes } from "../burn.ts";
export const loader = ({ params }: { params: { part: string } }) => ({ id: params.part, primes: burnPrimes({ ms: 60 }) });
export default function Part({ loaderData }: { loaderData: { id: string } }) {
  return <h1>item {loaderData.id}</h1>;
}
