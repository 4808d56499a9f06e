/** A loader as many are: it makes JavaScript of TypeScript in memory, and only the text says where its map is. */
import { readFile } from "node:fs/promises";
import { register } from "node:module";
import { fileURLToPath } from "node:url";
import { isMainThread } from "node:worker_threads";
import typescript from "typescript";

// The hooks run in a thread of their own, in which this module is loaded once more.
if (isMainThread) register(import.meta.url);

async function load(url, context, nextLoad) {
  if (!url.endsWith(".ts")) return nextLoad(url, context);
  const text = await readFile(fileURLToPath(url), "utf8");
  const { ModuleKind, ScriptTarget } = typescript;
  const compilerOptions = { module: ModuleKind.ESNext, target: ScriptTarget.ES2022, inlineSourceMap: true };
  const { outputText } = typescript.transpileModule(text, { compilerOptions, fileName: url });
  return { format: "module", shortCircuit: true, source: outputText };
}

export { load };
