/** A registry on loopback that holds one package: what npm, pnpm and Deno ask a registry for before they run one. */
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import http from "node:http";
import type { AddressInfo } from "node:net";

export interface Registry {
  /** Its address, with `/` at the end. */
  readonly url: string;
  close(): void;
}

/**
 * Serves a package. Every other name is unknown: what would download anything else fails.
 * @param archive the .tgz of `npm pack`
 * @param manifest the package.json in it
 */
export async function registryOf(
  archive: string,
  manifest: { readonly name: string; readonly version: string },
): Promise<Registry> {
  const bytes = await readFile(archive);
  const { name, version } = manifest;
  const file = `/${name}/-/${name}-${version}.tgz`;
  const server = http.createServer((request, response) => {
    if (request.url === file) {
      response.end(bytes);
      return;
    }
    if (request.url !== `/${name}`) {
      response.writeHead(404, { "content-type": "application/json" }).end("{}");
      return;
    }
    const dist = {
      tarball: `http://${request.headers.host}${file}`,
      integrity: `sha512-${createHash("sha512").update(bytes).digest("base64")}`,
      shasum: createHash("sha1").update(bytes).digest("hex"),
    };
    response.setHeader("content-type", "application/json");
    response.end(JSON.stringify({
      name,
      "dist-tags": { latest: version },
      versions: { [version]: { ...manifest, _id: `${name}@${version}`, dist } },
    }));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}
