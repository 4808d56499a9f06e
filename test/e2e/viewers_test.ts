/** Our files in the viewers that people open them with. */
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { basename, join } from "node:path";
import { chromium, documentAt } from "../support/browser.ts";
import { appPath, ask, contentOf, profiled } from "../support/profiled.ts";
import { missing, runtimes } from "../support/runtimes.ts";

const pages = join(import.meta.dirname!, "..", "..", "node_modules", "speedscope", "dist", "release");

/** The text of speedscope's table of functions with this profile open, as `sortByName 12.30ms`. */
async function tableOf(browser: string, name: string, profile: string): Promise<string> {
  const server = createServer(({ url = "/" }, response) => {
    const file = basename(new URL(url, "http://x").pathname);
    if (file === name) return void response.end(profile);
    readFile(join(pages, file)).then((content) => {
      if (file.endsWith(".html")) response.setHeader("content-type", "text/html");
      response.end(content);
    }, () => response.writeHead(404).end());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  try {
    const { port } = server.address() as AddressInfo;
    const hash = `#view=sandwich&profileURL=/${name}`;
    const html = await documentAt(browser, `http://127.0.0.1:${port}/index.html${hash}`);
    return html.replace(/<style.*?<\/style>/gs, "").replace(/<[^>]*>/g, " ").replace(/\s+/g, " ");
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

const browser = chromium();
const [node] = (await runtimes()).filter(({ kind }) => kind === "node");
if (browser === undefined) missing("speedscope opens our profiles", "there is no chromium on the PATH");
else if (node !== undefined) {
  Deno.test("speedscope opens our .speedscope.json and .cpuprofile, and shows the same own times", async () => {
    const run = await profiled([node.path, appPath("http_cjs.cjs")], async (started) => {
      const port = Number((await started.printed(/port (\d+)/))[1]);
      await ask(port, "/slow/1");
      started.kill("SIGTERM");
    }, { options: ["--format", "cpuprofile,speedscope,folded", "--prof-file", "x"] });
    const tables = await Promise.all(["x.speedscope.json", "x.cpuprofile"].map(async (name) => {
      const table = await tableOf(browser, name, contentOf(run, name));
      const [, self] = /[\d.]+ms \([\d.]+%\) ([\d.]+ms) \([\d.]+%\) spin /.exec(table) ??
        assert.fail(`spin is in the table:\n${table.slice(0, 2000)}`);
      return { self, title: /^ ?(.*?) - speedscope/.exec(table)?.[1] };
    }));
    const [scope, v8] = tables;
    // Not the inclusive times: speedscope puts V8's (program) and (garbage collector) on the stack before them.
    assert.equal(v8!.self, scope!.self);
    assert.equal(scope!.title, "GET /slow/1");
    const folded = contentOf(run, "x.folded").split("\n").filter((line) => /;spin [^;]* \d+$/.test(line));
    const time = folded.reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(" "))), 0);
    // Half of the last digit is rounded as the sum of its parts happens to be.
    assert.ok(Math.abs(parseFloat(scope!.self!) - time / 1000) < 0.0051, `${scope!.self} of ${time} us`);
  });
}
