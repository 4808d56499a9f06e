import { burnPrimes } from "../../../../lib/burn.ts";
export const load = () => {
  throw new Error(`failing with ${burnPrimes({ ms: 60 })}`);
};
