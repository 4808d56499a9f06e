/** A registry on loopback, Verdaccio, that holds one package; every other name is unknown: what would download anything else fails. */
import { execFile, spawn } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import process from "node:process";
import { promisify } from "node:util";

export interface Registry {
  /** Its address, with `/` at the end. */
  readonly url: string;
  close(): Promise<void>;
}

const SERVER = `
const { join } = require("node:path");
const { runServer } = require(join(process.argv[1], "node_modules", "verdaccio"));
runServer({
  configPath: join(process.argv[2], "config.yaml"),
  self_path: process.argv[2],
  storage: join(process.argv[2], "storage"),
  uplinks: {},
  packages: { "**": { access: "$all", publish: "$all" } },
  auth: {},
  security: {},
  server: {},
  web: { enable: false },
  log: { type: "stdout", format: "json", level: "fatal" },
}).then((app) => app.listen(0, "127.0.0.1", () => console.log("port " + app.address().port)));
`;

/**
 * Publishes a package as its author does, and serves it.
 * @param archive the .tgz of `npm pack`
 * @param project the directory in whose node_modules Verdaccio is
 * @param directory an empty one for what it keeps
 */
export async function registryOf(
  archive: string,
  { project, directory }: { readonly project: string; readonly directory: string },
): Promise<Registry> {
  const server = spawn("node", ["-e", SERVER, project, directory], { stdio: ["ignore", "pipe", "inherit"] });
  const ended = new Promise<void>((resolve) => server.on("close", () => resolve()));
  const close = (): Promise<void> => {
    server.kill("SIGKILL");
    return ended;
  };
  try {
    const port = await new Promise<string>((resolve, reject) => {
      let text = "";
      server.stdout.setEncoding("utf8").on("data", (it: string) => {
        text += it;
        const port = /port (\d+)/.exec(text)?.[1];
        if (port !== undefined) resolve(port);
      });
      void ended.then(() => reject(new Error(`Verdaccio ended before it listened: ${text}`)));
    });
    const url = `http://127.0.0.1:${port}/`;
    // npm publishes with a name only, though everybody may here.
    const config = join(directory, "npmrc");
    await writeFile(config, `registry=${url}\n//127.0.0.1:${port}/:_authToken=anybody\n`);
    const words = ["publish", archive, "--userconfig", config, "--loglevel=error"];
    await promisify(execFile)("npm", words, { cwd: directory, env: { ...process.env, HOME: directory } });
    return { url, close };
  } catch (error) {
    await close();
    throw error;
  }
}
