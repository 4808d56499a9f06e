/**
 * Makes dist/agent.cjs, the one text that runs in the target, and dist/profsrv.mjs, everything in one ES module:
 * the texts of the agent and of the viewer's page inside, only `node:` imports left. dist/bundled.json lists
 * the packages whose code is in it.
 */
import * as esbuild from "esbuild";
import { chmod, mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import process from "node:process";
import config from "../deno.json" with { type: "json" };
import { packed, type PageTexts, pageTexts, weightOf } from "./page.ts";
import { AGENT_SCRIPT } from "../src/protocol/messages.ts";
import { bundledFile, packageDirectories } from "./bundled_packages.ts";
import { inTarget, required, shared, textOf } from "./bundling.ts";

/** The oldest that may load the agent's file, and then runs as if alone. */
const oldestParsed = "node8";

/** Where a module has no `require` of its own. */
const REQUIRE =
  'import { createRequire } from "node:module";\nconst require = createRequire(process.execPath);';

const version = { PROFSRV_VERSION: JSON.stringify(config.version) };

/** Bundles the agent. */
async function bundleAgent(): Promise<string> {
  const text = textOf(
    await esbuild.build({
      ...inTarget,
      entryPoints: ["src/agent/mod.ts"],
      define: version,
      plugins: [required(/^node:process$/)],
    }),
  );
  return textOf(
    await esbuild.build({
      ...inTarget,
      entryPoints: ["src/agent/head.ts"],
      target: oldestParsed,
      // Node names it by its file, else.
      footer: { js: `//# sourceURL=${AGENT_SCRIPT}` },
      define: { PROFSRV_AGENT_TEXT: JSON.stringify(text) },
    }),
  );
}

async function bundleMain(
  agent: string,
  { page, files }: { readonly page: PageTexts; readonly files: readonly string[] },
): Promise<{ text: string; packages: readonly string[] }> {
  const result = await esbuild.build({
    ...shared,
    entryPoints: ["src/main.ts"],
    format: "esm",
    // V8 reads a shorter text of one-byte characters faster.
    charset: "ascii",
    minifySyntax: true,
    banner: { js: `#!/usr/bin/env node\n${REQUIRE}` },
    plugins: [required(/^node:/)],
    define: {
      ...version,
      PROFSRV_AGENT: JSON.stringify(agent),
      PROFSRV_PAGE: JSON.stringify(packed(page)),
    },
  });
  return {
    text: textOf(result),
    packages: packageDirectories([...Object.keys(result.metafile?.inputs ?? {}), ...files]),
  };
}

/** Writes a file whole, and only when its text is new: what is made from it is then up to date. */
async function save(path: string, text: string, mode: number): Promise<void> {
  const before = await readFile(path, "utf8").catch(() => undefined);
  if (before === text) return;
  await mkdir(dirname(path), { recursive: true });
  const temporary = `${path}.${process.pid}`;
  await writeFile(temporary, text);
  await chmod(temporary, mode);
  await rename(temporary, path);
  console.log(`${path}: ${Math.ceil(text.length / 1024)} kB`);
}

try {
  const agent = await bundleAgent();
  await save("dist/agent.cjs", agent, 0o644);
  const { texts: page, files } = await pageTexts();
  const { text, packages } = await bundleMain(agent, { page, files });
  await save(bundledFile, JSON.stringify(packages, null, 2) + "\n", 0o644);
  await save("dist/profsrv.mjs", text, 0o755);
  console.log(`the page of the viewer: ${Math.ceil(weightOf(page) / 1024)} kB compressed`);
} finally {
  await esbuild.stop();
}
