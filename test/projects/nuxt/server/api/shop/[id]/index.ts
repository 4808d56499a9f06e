export default defineEventHandler((event) => `item ${getRouterParam(event, "id")} ${burnPrimes({ ms: 60 })}`);
