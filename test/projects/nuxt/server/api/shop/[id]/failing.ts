export default defineEventHandler(() => {
  throw createError({ statusCode: 500, message: `failing with ${burnPrimes({ ms: 60 })}` });
});
