/** Spends time, in a function whose place moves when the types before it are taken out. */
interface Work {
  readonly ms: number;
}

type Primes = number;

export function burnPrimes({ ms }: Work): Primes {
  const end = performance.now() + ms;
  let candidate = 2;
  let found = 0;
  while (performance.now() < end) {
    let isPrime = true;
    for (let d = 2; d * d <= candidate; d++) if (candidate % d === 0) isPrime = false;
    if (isPrime) found++;
    candidate++;
  }
  return found;
}
