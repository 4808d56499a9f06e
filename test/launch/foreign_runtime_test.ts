/** Commands that run what cannot be profiled, and what is said of them. */
import { deepEqual } from "node:assert/strict";
import { foreignNotice } from "../../src/launch/foreign_runtime.ts";

const rows: readonly (readonly [line: string, about: "bun" | "workerd" | undefined])[] = [
  ["bun server.js", "bun"],
  ["bun run dev", "bun"],
  ["/home/me/.bun/bin/bun --watch server.ts", "bun"],
  ["bunx serve", "bun"],
  ["C:\\bin\\bun.exe server.ts", "bun"],
  ["npx bun server.ts", "bun"],
  ["wrangler dev", "workerd"],
  ["npx wrangler dev", "workerd"],
  ["npx --yes wrangler@4 dev", "workerd"],
  ["pnpm exec wrangler dev", "workerd"],
  ["npm exec -- wrangler dev", "workerd"],
  ["./node_modules/.bin/wrangler.cmd dev", "workerd"],
  ["bunx wrangler dev", "workerd"],
  ["workerd serve config.capnp", "workerd"],
  ["node server.js bun", undefined],
  ["npx tsx wrangler", undefined],
  ["npm run dev", undefined],
  ["node bun", undefined],
];

for (const [line, about] of rows) {
  Deno.test(`of "${line}" ${about ?? "nothing"} is said`, () => {
    deepEqual(/^\w+/.exec(foreignNotice(line.split(" ")) ?? "")?.[0], about);
  });
}
