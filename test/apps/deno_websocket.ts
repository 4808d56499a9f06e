// WebSockets of Deno.serve. Each message is worked on in a function that its path names. `/closed` waits until all are closed.
const closed: Promise<void>[] = [];

/** A function with a name of its own that computes for this many milliseconds. */
function makeWork(name: string, milliseconds: number): () => void {
  return new Function(`return function ${name}() {
    const until = performance.now() + ${milliseconds};
    let x = 1;
    while (performance.now() < until) for (let i = 0; i < 1000; i++) x = (x * 16807 + i) % 2147483647;
    return x;
  }`)();
}

function serve(socket: WebSocket, name: string): void {
  const onMessage = makeWork(`message_${name}`, 4);
  const onTimer = makeWork(`timer_${name}`, 4);
  makeWork(`handshake_${name}`, 8)();
  // Started by the handshake, runs long after it.
  const timer = setInterval(onTimer, 20);
  closed.push(
    new Promise((resolve) =>
      socket.addEventListener("close", () => {
        clearInterval(timer);
        resolve();
      })
    ),
  );
  socket.onmessage = async ({ data }) => {
    onMessage();
    if (data === "close") return socket.close(1000);
    await new Promise((resolve) => setTimeout(resolve, 2));
    onMessage();
    socket.send(`${name} ${data}`);
  };
}

const onListen = ({ port }: { port: number }) => console.log(`port ${port}`);
Deno.serve({ port: 0, hostname: "127.0.0.1", onListen }, async (request) => {
  const [, , name = ""] = new URL(request.url).pathname.split("/");
  if (request.headers.get("upgrade") !== "websocket") {
    await Promise.all(closed);
    return new Response(String(closed.length));
  }
  const { socket, response } = Deno.upgradeWebSocket(request);
  serve(socket, name);
  return response;
});
Deno.addSignalListener("SIGTERM", () => Deno.exit(0));
