// What deno serve runs. It asks itself, where DENO_SERVE_ADDRESS says.
const { 1: host } = /^tcp:(.*)$/.exec(Deno.env.get("DENO_SERVE_ADDRESS") ?? "") ?? [];
const visit = () => fetch(`http://${host}/users/41`).then((it) => it.text()).catch(() => setTimeout(visit, 50));
if (host !== undefined) setTimeout(visit, 50);

export default { fetch: () => new Response("a user") };
