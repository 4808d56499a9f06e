/** Four routes, each with a function of its own that takes 20 ms, called through two layers of libraries. */
import http from "node:http";

// By a name that is made up at run time: where types are checked there is no such library.
const { outer } = await import(["outer"].join());

interface Work {
  readonly until: number;
}

type Burn = (work: Work) => number;

function burnAlpha({ until }: Work): number {
  let sum = 0;
  while (performance.now() < until) for (let i = 0; i < 1000; i++) sum += Math.sqrt(i);
  return sum;
}

const burnBeta: Burn = ({ until }) => {
  let sum = 1;
  while (performance.now() < until) for (let i = 1; i < 1000; i++) sum = (sum * 31 + i) % 65_521;
  return sum;
};

class Gamma {
  static burnGamma(work: Work): number {
    const list = new Uint32Array(300);
    while (performance.now() < work.until) for (let i = 0; i < 300; i++) list[i] = (i * 7919) % 101;
    return list.length;
  }
}

async function burnDelta({ until }: Work): Promise<number> {
  await Promise.resolve();
  let sum = 0;
  while (performance.now() < until) for (let i = 0; i < 1000; i++) sum ^= i * 31;
  return sum;
}

const routes: Readonly<Record<string, (work: Work) => number | Promise<number>>> = {
  "/alpha": burnAlpha,
  "/beta": burnBeta,
  "/gamma": Gamma.burnGamma,
  "/delta": burnDelta,
};

const server = http.createServer(async (request, response) => {
  const work = { until: performance.now() + 20 };
  response.end(String(await outer(() => routes[request.url ?? ""]!(work))));
});
server.listen(0, "127.0.0.1", () => console.log(`port ${(server.address() as { port: number }).port}`));
