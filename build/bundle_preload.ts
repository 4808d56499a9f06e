/** One CommonJS text of a preload that imports parts of the agent, made as the agent is: for measurements. */
import * as esbuild from "esbuild";
import config from "../deno.json" with { type: "json" };

/** The text of the preload that begins in the file `entry`. */
export async function bundlePreload(entry: string): Promise<string> {
  try {
    const { outputFiles } = await esbuild.build({
      ...{ entryPoints: [entry], bundle: true, write: false, logLevel: "warning" },
      ...{ platform: "node", target: "node18", format: "cjs", charset: "utf8" },
      ...{ minifySyntax: true, minifyWhitespace: true },
      define: { PROFSRV_VERSION: JSON.stringify(config.version) },
    });
    return outputFiles![0]!.text;
  } finally {
    await esbuild.stop();
  }
}
