/** Bundles a TypeScript module of the tests, and the modules of this project that it imports, into one text for Node. */
import * as esbuild from "esbuild";

/** Writes a module in TypeScript, which imports as if it stood in `directory`, to one file. */
export async function bundleText(
  contents: string,
  { directory, outfile }: { readonly directory: string; readonly outfile: string },
): Promise<void> {
  await esbuild.build({
    stdin: { contents, resolveDir: directory, loader: "ts" },
    outfile,
    bundle: true,
    platform: "node",
    format: "esm",
    target: "node22",
    // Some packages are CommonJS.
    banner: {
      js: 'import { createRequire } from "node:module";\nconst require = createRequire(import.meta.url);',
    },
  });
}
