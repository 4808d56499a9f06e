import { burnPrimes } from "../burn.ts";
export const loader = () => {
  throw new Error(`failing with ${burnPrimes({ ms: 60 })}`);
};
export default function Failing() {
  return <h1>never</h1>;
}
