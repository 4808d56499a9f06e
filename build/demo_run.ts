/** Runs a small shop under profsrv, sends it customers, and closes it. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import process from "node:process";
import { createInterface } from "node:readline";

const visits: readonly { method: string; path: string; times: number }[] = [
  { method: "GET", path: "/", times: 4 },
  { method: "GET", path: "/products/1", times: 6 },
  { method: "GET", path: "/products/42", times: 6 },
  { method: "GET", path: "/search?q=product%201", times: 5 },
  { method: "POST", path: "/login", times: 4 },
  { method: "GET", path: "/report", times: 3 },
];

/** @param options of profsrv; gives the code that it ended with */
export async function demo(options: readonly string[]): Promise<number> {
  const command = ["dist/profsrv", ...options, "node", "build/demo_server.mjs"];
  console.log(`$ ${command.join(" ")}`);
  const [program = "", ...args] = command;
  const shop = spawn(program, args, { stdio: ["ignore", "pipe", "inherit"] });
  const ended = once(shop, "exit");
  for await (const line of createInterface(shop.stdout)) {
    console.log(line);
    const address = /http:\S+/.exec(line)?.[0];
    // Not shop.kill(): Deno then takes the signal for the end, whatever the program made of it.
    if (address !== undefined) void visit(address).finally(() => process.kill(shop.pid!, "SIGTERM"));
  }
  const [code] = await ended;
  return code ?? 1;
}

/** One customer after another for each kind of visit, all kinds at the same time. */
async function visit(address: string): Promise<void> {
  await Promise.all(visits.map(async ({ method, path, times }) => {
    for (let i = 0; i < times; i++) await (await fetch(address + path, { method })).body?.cancel();
  }));
}
