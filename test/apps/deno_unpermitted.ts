/** Has few permissions: /kill?SIGNAL sends itself a signal, and says when it may not. */
Deno.serve(
  { port: 0, hostname: "127.0.0.1", onListen: ({ port }) => console.log(`port ${port}`) },
  (request) => {
    const { pathname, search } = new URL(request.url);
    for (const end = performance.now() + 15; performance.now() < end;);
    if (pathname !== "/kill") return new Response("ok");
    try {
      Deno.kill(Deno.pid, search.slice(1) as Deno.Signal);
    } catch {
      console.log("refused");
    }
    return new Response("lives");
  },
);
