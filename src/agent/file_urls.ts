/** V8's own functions name a CommonJS script by its path, the inspector by its url: as the inspector does. */
import process from "node:process";
import { pathToFileURL } from "node:url";

/** Urls of scripts that are remembered. */
const MAX_URLS = 20_000;

export class FileUrls {
  /** The url of each script by the name that V8 has for it. */
  private readonly urls = new Map<string, string>();

  /** Gives each call frame the url of its script in place of its path. */
  put(callFrames: Iterable<{ readonly url: string }>): void {
    for (const callFrame of callFrames) {
      if (isPath(callFrame.url)) (callFrame as { url: string }).url = this.urlOf(callFrame.url);
    }
  }

  private urlOf(path: string): string {
    const known = this.urls.get(path);
    if (known !== undefined) return known;
    const url = pathToFileURL(path).href;
    if (this.urls.size < MAX_URLS) this.urls.set(path, url);
    return url;
  }
}

const isPath = process.platform === "win32"
  ? (name: string) => /^(?:[a-z]:)?[\\/]/i.test(name)
  : (name: string) => name.startsWith("/");
