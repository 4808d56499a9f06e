export default defineEventHandler((event) => ({ id: getRouterParam(event, "id"), primes: burnPrimes({ ms: 60 }) }));
