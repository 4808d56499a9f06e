export default defineEventHandler((event) => `item ${getRouterParam(event, "part")} ${burnPrimes({ ms: 60 })}`);
