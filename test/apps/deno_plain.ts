// A handler that takes nothing: Deno gives it nothing.
Deno.serve({ port: 0, hostname: "127.0.0.1", onListen: ({ port }) => console.log(`port ${port}`) }, () => {
  return new Response("plain");
});
