import { burnPrimes } from "../../../../../lib/burn.ts";
export const load = ({ params }: { params: { part: string } }) => ({ id: params.part, primes: burnPrimes({ ms: 60 }) });
