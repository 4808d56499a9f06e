/** Bundled and run by each runtime: prints what the agent's probes find there, as JSON. */
import { can, type Capability, isDeno, runtimeName } from "../../src/agent/capabilities.ts";
import { symbolOf } from "../../src/agent/hidden_parts.ts";

const rows: readonly (readonly [string, Capability])[] = Object.entries(can);
/** These ask what stands behind a request that `Deno.serve` gets. */
const ofRequests: readonly string[] = ["tellClosing", "lookUpHeader", "warnOfAbort"];

function findings(isWanted: (name: string) => boolean, given: unknown): Record<string, boolean> {
  const asked = rows.filter(([name, row]) => isWanted(name) && (isDeno ? row.deno : row.node) !== undefined);
  return Object.fromEntries(asked.map(([name, { probe }]) => [name, Boolean(probe(given as never))]));
}

function print(found: Record<string, boolean>): void {
  console.log(JSON.stringify({ runtimeName, found }));
}

async function findingsOfDeno(): Promise<Record<string, boolean>> {
  const found = findings((name) => !ofRequests.includes(name), Deno);
  const server = Deno.serve({ port: 0, onListen: () => {} }, (request) => {
    const inner = Reflect.get(request, symbolOf(request, "request")!);
    Object.assign(found, findings((name) => ofRequests.includes(name), inner));
    return new Response();
  });
  await fetch(`http://localhost:${(server.addr as Deno.NetAddr).port}/`).then((it) => it.text());
  await server.shutdown();
  return found;
}

if (isDeno) void findingsOfDeno().then(print);
else print(findings(() => true, undefined));
