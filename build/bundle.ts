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

/** The oldest runtime we promise. */
const target = "node18";
/** The oldest that may load the agent's file, and then runs as if alone. */
const oldestParsed = "node8";

const shared: esbuild.BuildOptions = {
  bundle: true,
  write: false,
  metafile: true,
  platform: "node",
  target,
  charset: "utf8",
  legalComments: "inline",
  logLevel: "warning",
};

/**
 * Takes the runtime's modules by `require`. An `import` of one reads all that it exports, and so loads what the runtime would load when it
 * is first asked for: `fetch` by way of `node:http`, WebCrypto by way of `node:crypto`, 100 ms of the start.
 *
 * `process` is taken as it is. esbuild would copy each property of another module into an object of its own; to look at those of `process`
 * is to call what is behind them, also its title, and Node 22 on Windows ends with an assertion when it is asked for that at a console
 * without one: https://github.com/nodejs/node/issues/58695
 */
function required(filter: RegExp): esbuild.Plugin {
  return {
    name: "required",
    setup(build) {
      build.onResolve({ filter }, ({ path, kind }) => {
        return kind === "import-statement" ? { path, namespace: "required" } : undefined;
      });
      build.onLoad({ filter: /./, namespace: "required" }, ({ path }) => {
        const contents = `require(${JSON.stringify(path)});`;
        return { contents: (path === "node:process" ? "export default " : "module.exports = ") + contents };
      });
    },
  };
}
/** Where a module has no `require` of its own. */
const REQUIRE =
  'import { createRequire } from "node:module";\nconst require = createRequire(process.execPath);';

const version = { PROFSRV_VERSION: JSON.stringify(config.version) };

/** Bundles the agent: small, but with the names of its functions, for they show in profiles and stack traces. */
async function bundleAgent(): Promise<string> {
  const agent: esbuild.BuildOptions = {
    ...shared,
    format: "cjs",
    minifySyntax: true,
    minifyWhitespace: true,
  };
  const text = textOf(
    await esbuild.build({
      ...agent,
      entryPoints: ["src/agent/mod.ts"],
      define: version,
      plugins: [required(/^node:process$/)],
    }),
  );
  return textOf(
    await esbuild.build({
      ...agent,
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

/** The text of a bundle, once it is sure that nothing but the runtime's own modules is imported. */
function textOf(result: esbuild.BuildResult): string {
  const foreign = Object.values(result.metafile?.outputs ?? {})
    .flatMap((output) => output.imports)
    .filter((it) => it.external && !it.path.startsWith("node:"))
    .map((it) => it.path);
  if (foreign.length > 0) throw new Error(`Cannot bundle: "${foreign.join('", "')}" would stay outside`);
  const text = result.outputFiles?.[0]?.text;
  if (text === undefined) throw new Error("Cannot bundle: esbuild gave no text");
  return text;
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
