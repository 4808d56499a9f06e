// node build.mjs <bundler> <source.ts> <directory>: makes `server.cjs` there, minified, with its map.
import { join } from "node:path";

const [bundler, entry, directory] = process.argv.slice(2);
const file = "server.cjs";

async function rollup(input, output, plugins) {
  const { rollup } = await import("rollup");
  const bundle = await rollup({ input, plugins, external: (id) => /^(?:node:|express$)/.test(id) });
  await bundle.write({ format: "cjs", sourcemap: true, ...output });
}

async function withPlugins(input, output, isMinified) {
  const { default: swc } = await import("@rollup/plugin-swc");
  const { default: terser } = await import("@rollup/plugin-terser");
  const parser = { syntax: "typescript" };
  const plugins = [swc({ swc: { jsc: { parser, target: "es2022" }, sourceMaps: true } })];
  await rollup(input, output, [...plugins, ...(isMinified ? [terser({ module: true, toplevel: true })] : [])]);
}

const bundlers = {
  rollup: () => withPlugins(entry, { file: join(directory, file) }, true),
  /** The second knows nothing of the map of what the first made. */
  async twice() {
    const first = join(directory, "first.mjs");
    await withPlugins(entry, { file: first, format: "esm" }, false);
    const { default: terser } = await import("@rollup/plugin-terser");
    await rollup(first, { file: join(directory, file) }, [terser({ module: true, toplevel: true })]);
  },
  async vite() {
    const { build } = await import("vite");
    await build({
      configFile: false,
      logLevel: "warn",
      build: {
        ssr: entry,
        outDir: directory,
        emptyOutDir: false,
        minify: true,
        sourcemap: true,
        target: "es2022",
        rollupOptions: { output: { format: "cjs", entryFileNames: file } },
      },
    });
  },
  async webpack() {
    const { default: webpack } = await import("webpack");
    const loader = import.meta.resolve("swc-loader").slice("file://".length);
    const compiler = webpack({
      mode: "production",
      target: "node18",
      devtool: "source-map",
      entry,
      output: { path: directory, filename: file },
      module: {
        rules: [{ test: /\.ts$/, loader, options: { jsc: { parser: { syntax: "typescript" }, target: "es2022" } } }],
      },
    });
    const stats = await new Promise((resolve, reject) => compiler.run((error, it) => error ? reject(error) : resolve(it)));
    if (stats.hasErrors()) throw new Error(stats.toString());
  },
};
await bundlers[bundler]();
