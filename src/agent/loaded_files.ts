/** The files that the application has loaded by `require`: among them are the bundles whose modules it runs by `eval`. */
import * as module from "node:module";

const INSTALLED = /[\\/]node_modules[\\/]/;
/** So many are told at most: a server that develops loads what it has built anew. */
const MOST = 2000;

export class LoadedFiles {
  private readonly told = new Set<string>();

  /** Those that were not given before; none of packages. */
  takeNew(): string[] {
    const cache = (module.Module as unknown as { _cache?: object })._cache ?? {};
    const files = Object.keys(cache).filter((it) => !this.told.has(it) && !INSTALLED.test(it))
      .slice(0, MOST - this.told.size);
    for (const file of files) this.told.add(file);
    return files;
  }
}
