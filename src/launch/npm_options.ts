/** `node-options` of npm and pnpm: with it they replace NODE_OPTIONS for what they start. Pure. */
import type { Environment } from "./environment.ts";

/** Sets the option for what npm starts; stronger than any `.npmrc`. https://docs.npmjs.com/cli/using-npm/config#node-options */
export const NPM_NODE_OPTIONS = "npm_config_node_options";

/** Where npm may find the option. */
export interface NpmFiles {
  readonly env: Environment;
  readText(path: string): string | undefined;
}

/** The value of `node-options` in the environment, the project's `.npmrc` or the user's; undefined if it is nowhere set. */
export function npmNodeOptions({ env, readText }: NpmFiles): string | undefined {
  const named = Object.keys(env).find((it) => it.toLowerCase() === NPM_NODE_OPTIONS);
  if (named !== undefined) return env[named];
  const home = env["HOME"] ?? env["USERPROFILE"];
  const user = env["npm_config_userconfig"] ?? (home === undefined ? undefined : `${home}/.npmrc`);
  for (const path of [".npmrc", user]) {
    const text = path === undefined ? undefined : readText(path);
    const [, value] = /^[ \t]*node-options[ \t]*=[ \t]*(.*?)[ \t]*$/m.exec(text ?? "") ?? [];
    if (value !== undefined) return value.replace(/^(["'])(.*)\1$/, "$2");
  }
  return undefined;
}
