import { burnPrimes } from "../../../lib/burn.ts";
export const load = ({ params }: { params: { id: string } }) => ({ id: params.id, primes: burnPrimes({ ms: 60 }) });
