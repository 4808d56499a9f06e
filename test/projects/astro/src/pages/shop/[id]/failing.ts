import { burnPrimes } from "../../../burn.ts";
export const GET = (): Response => {
  throw new Error(`failing with ${burnPrimes({ ms: 60 })}`);
};
