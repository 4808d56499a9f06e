/** How sources become one text that has nothing to import but the runtime's own modules. */
import * as esbuild from "esbuild";

/** The oldest runtime we promise. */
const target = "node18";
export const shared: esbuild.BuildOptions = {
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
export function required(filter: RegExp): esbuild.Plugin {
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

/** The options of what runs in the target: small, but with the names of its functions, for they show in profiles and stack traces. */
export const inTarget: esbuild.BuildOptions = {
  ...shared,
  // V8 reads a text of one-byte characters faster.
  charset: "ascii",
  format: "cjs",
  minifySyntax: true,
  minifyWhitespace: true,
};

/** The text of a bundle, once it is sure that nothing but the runtime's own modules is imported. */
export function textOf(result: esbuild.BuildResult): string {
  const foreign = Object.values(result.metafile?.outputs ?? {})
    .flatMap((output) => output.imports)
    .filter((it) => it.external && !it.path.startsWith("node:"))
    .map((it) => it.path);
  if (foreign.length > 0) throw new Error(`Cannot bundle: "${foreign.join('", "')}" would stay outside`);
  const text = result.outputFiles?.[0]?.text;
  if (text === undefined) throw new Error("Cannot bundle: esbuild gave no text");
  return text;
}

/** A module of the agent's and all that it imports, as one text for `require`. */
export async function agentPart(entry: string): Promise<string> {
  try {
    const result = await esbuild.build({
      ...inTarget,
      entryPoints: [entry],
      plugins: [required(/^node:process$/)],
    });
    return textOf(result);
  } finally {
    await esbuild.stop();
  }
}
