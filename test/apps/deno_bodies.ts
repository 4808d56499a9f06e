/** Answers with bodies of every kind: `/kind/size`, in chunks of 1,000 bytes at most. */
type Chunks = AsyncGenerator<Uint8Array<ArrayBuffer>>;

async function* chunks(size: number): Chunks {
  for (let left = size; left > 0; left -= 1000) {
    await new Promise((resolve) => setTimeout(resolve, 1));
    yield new Uint8Array(Math.min(left, 1000));
  }
}

/** All at once, before anybody reads. */
function ready(size: number): ReadableStream<Uint8Array<ArrayBuffer>> {
  return new ReadableStream({
    start(controller) {
      for (let left = size; left > 0; left -= 1000) controller.enqueue(new Uint8Array(Math.min(left, 1000)));
      controller.close();
    },
  });
}

const bodies: Record<string, (size: number) => BodyInit | null> = {
  string: (size) => "x".repeat(size),
  bytes: (size) => new Uint8Array(size),
  buffer: (size) => new ArrayBuffer(size),
  blob: (size) => new Blob(["x".repeat(size)]),
  ready,
  tee: (size) => ready(size).tee()[0],
  later: (size) => ReadableStream.from(chunks(size)),
  transformed: (size) => ReadableStream.from(chunks(size)).pipeThrough(new TransformStream()),
  bytesource(size) {
    let left = size;
    return new ReadableStream({
      type: "bytes",
      autoAllocateChunkSize: 1000,
      pull(controller) {
        const request = controller.byobRequest!;
        const count = Math.min(left, request.view!.byteLength);
        if (count === 0) controller.close();
        request.respond(count);
        left -= count;
      },
    });
  },
  endless: () =>
    new ReadableStream({
      pull: async (controller) => {
        await new Promise((resolve) => setTimeout(resolve, 5));
        controller.enqueue(new Uint8Array(1000));
      },
    }),
  failing: (size) =>
    ReadableStream.from((async function* () {
      yield* chunks(size);
      throw new Error("on purpose");
    })()),
};

Deno.serve({
  port: 0,
  hostname: "127.0.0.1",
  onListen: ({ port }) => console.log(`port ${port}`),
}, (request) => {
  const [, kind = "", size] = new URL(request.url).pathname.split("/");
  if (kind === "throw") throw new Error("on purpose");
  if (kind === "never") return new Promise<Response>(() => {});
  if (kind === "exit") setTimeout(() => Deno.exit(0), 100);
  const body = kind === "exit" ? null : bodies[kind]!(Number(size));
  return new Response(body, { status: body === null ? 204 : 200 });
});
