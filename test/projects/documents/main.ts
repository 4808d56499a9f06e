// Deno.
const server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen: () => {} }, () => new Response("a user"));
const { port } = server.addr as Deno.NetAddr;
for (const id of [41, 42, 43]) await (await fetch(`http://127.0.0.1:${port}/users/${id}`)).text();
await server.shutdown();
